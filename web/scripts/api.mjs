// Makes the types of the API and of the live channel from what the server writes about itself.
// `--check` compares instead of writing. VOXGATE_DOCS names another folder of documents.
import { readFile, writeFile } from 'node:fs/promises';
import { format } from 'node:util';
import openapiTS, { astToString } from 'openapi-typescript';
import { eventSchema } from './event-schema.mjs';

const docs = new URL(`${process.env.VOXGATE_DOCS ?? '../../docs'}/`, import.meta.url);
const json = async (name) => JSON.parse(await readFile(new URL(name, docs), 'utf8'));

const NOTE = '// Made by `npm run api` from docs/%s. Do not edit.\n\n';

const files = {
  '../src/api/schema.d.ts': async () =>
    format(NOTE, 'openapi.json') + astToString(await openapiTS(await json('openapi.json'))),
  '../src/lib/event-schema.ts': async () =>
    format(NOTE, 'events.schema.json') + eventSchema(await json('events.schema.json')),
};

const check = process.argv.includes('--check');
for (const [path, make] of Object.entries(files)) {
  const file = new URL(path, import.meta.url);
  const wanted = await make();
  if (!check) await writeFile(file, wanted);
  else if ((await readFile(file, 'utf8').catch(() => '')) !== wanted) {
    console.error(`${file.pathname} is not what the documents say. Run: npm run api`);
    process.exitCode = 1;
  }
}
