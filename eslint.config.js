/** ESLint looks for a file of this name; the configuration is TypeScript. */
export { default } from './lint/config.ts';
