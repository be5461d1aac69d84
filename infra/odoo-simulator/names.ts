/** What a real Odoo 19 knows by name: models, fields, methods. Used to tell "not covered here" from "does not exist". */
import { readFileSync } from 'node:fs';

interface Names {
  readonly models: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly methods: Readonly<Record<string, string>>;
  readonly private: string;
}

const names = JSON.parse(readFileSync(new URL('./names.json', import.meta.url), 'utf8')) as Names;
const words = (text: string | undefined): ReadonlySet<string> => new Set((text ?? '').split(' ').filter(Boolean));
const perModel = (texts: Readonly<Record<string, string>>): ReadonlyMap<string, ReadonlySet<string>> =>
  new Map(Object.entries(texts).map(([model, text]) => [model, words(text)]));

const models = words(names.models);
const fields = perModel(names.fields);
const methods = perModel(names.methods);
const hidden = words(names.private);
const none: ReadonlySet<string> = new Set();

export const knowsModel = (model: string): boolean => models.has(model);
export const knownFields = (model: string): ReadonlySet<string> => fields.get(model) ?? none;
export const knowsMethod = (model: string, method: string): boolean =>
  (methods.get('base') ?? none).has(method) || (methods.get(model) ?? none).has(method);

/** May no remote call reach it? */
export const isPrivate = (method: string): boolean => method.startsWith('_') || hidden.has(method);
