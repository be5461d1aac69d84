/** `make down`: ends exactly what `make up` started from this checkout; the data in `.onhand` stays. */
import { say, tellAndExit } from './say.ts';
import { bringDown } from './standing.ts';

try {
  const ended = await bringDown(process.cwd());
  say(ended.length === 0 ? 'nothing that `make up` started is running' : `ended: ${ended.join(', ')}; the data stays in .onhand`);
} catch (error) {
  tellAndExit(error);
}
