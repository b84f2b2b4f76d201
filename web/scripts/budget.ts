import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import type { Manifest, Plugin } from 'vite';

const KB = 1024;
const ENTRY = 'app.html';

/** What a person's browser has loaded by then at most, packed, in KB. */
const LIMITS = [
  { name: 'sign in', routes: ['login'], js: 125 },
  { name: 'account', routes: ['login', 'app', 'app.account.security'], js: 160 },
  { name: 'live desk', routes: ['login', 'app', 'app.account.security', 'app.security'], js: 190 },
];
const CSS_LIMIT = 12;

/** The chunk of a route's component and all it imports at once. */
function reach(manifest: Manifest, start: string, seen = new Set<string>()): Set<string> {
  const chunk = manifest[start];
  if (!chunk || seen.has(start)) return seen;
  seen.add(start);
  for (const next of chunk.imports ?? []) reach(manifest, next, seen);
  return seen;
}

const chunksOf = (manifest: Manifest, route: string) =>
  Object.keys(manifest).filter((key) => key.startsWith(`src/routes/${route}.tsx`));

const packed = async (file: string) => gzipSync(await readFile(`dist/${file}`), { level: 9 }).length / KB;

const sum = async (files: Iterable<string>) =>
  (await Promise.all([...new Set(files)].map(packed))).reduce((all, one) => all + one, 0);

async function javascript(manifest: Manifest, routes: string[]) {
  const starts = [ENTRY, ...routes.flatMap((route) => chunksOf(manifest, route))];
  const keys = new Set(starts.flatMap((start) => [...reach(manifest, start)]));
  return sum([...keys].map((key) => manifest[key]?.file ?? '').filter((file) => file.endsWith('.js')));
}

/** Fails the build if a page has grown beyond its limit. */
export const budget = (): Plugin => ({
  name: 'voxgate:budget',
  apply: 'build',
  closeBundle: {
    order: 'post',
    sequential: true,
    async handler() {
      const manifest: Manifest = JSON.parse(await readFile('dist/.vite/manifest.json', 'utf8'));
      const sizes = await Promise.all(
        LIMITS.map(async ({ name, routes, js }) => ({ name, limit: js, size: await javascript(manifest, routes) })),
      );
      const css = Object.values(manifest).flatMap(({ css = [], file }) =>
        [...css, file].filter((f) => f.endsWith('.css')),
      );
      sizes.push({ name: 'all style sheets', limit: CSS_LIMIT, size: await sum(css) });
      for (const { name, size, limit } of sizes) this.info(`${name}: ${size.toFixed(1)} of ${limit} KB`);
      const over = sizes.filter(({ size, limit }) => size > limit).map(({ name }) => name);
      if (over.length > 0) this.error(`over the limit: ${over.join(', ')}`);
    },
  },
});
