// Fails if the lock file lacks a package that another system needs: npm leaves optional packages of other systems out of
// the lock when the registry does not have them, and `npm ci` then fails there.
//
//   node scripts/check-platforms.mjs [LOCK]
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const path = process.argv[2] ?? fileURLToPath(new URL('../package-lock.json', import.meta.url));
const { packages } = JSON.parse(readFileSync(path, 'utf8'));

const PREFIX = 'node_modules/';
/** Where Node looks for `name` from the package at `from`: beside it, and in every folder above. */
function found(name, from) {
  for (let folder = from; ; folder = folder.slice(0, folder.lastIndexOf(`/${PREFIX}`) + 1).replace(/\/$/, '')) {
    const place = folder ? `${folder}/${PREFIX}${name}` : `${PREFIX}${name}`;
    if (packages[place]) return packages[place];
    if (!folder.includes(`/${PREFIX}`)) return folder ? packages[`${PREFIX}${name}`] : undefined;
  }
}

const faults = Object.entries(packages).flatMap(([from, { optionalDependencies = {} }]) =>
  Object.entries(optionalDependencies).flatMap(([name, wanted]) => {
    const there = found(name, from);
    if (!there) return `${from || 'this package'} wants ${name} ${wanted}, which is not in the lock`;
    if (!there.integrity) return `${name} is in the lock without its digest`;
    return [];
  }),
);

/** What the build itself cannot do without, on the systems people develop and build on. */
const SYSTEMS = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64', 'win32-x64'];
const NATIVE = {
  '@biomejs/cli-': SYSTEMS,
  '@rolldown/binding-': ['linux-x64-gnu', 'linux-arm64-gnu', 'darwin-x64', 'darwin-arm64', 'win32-x64-msvc'],
  '@tailwindcss/oxide-': ['linux-x64-gnu', 'linux-arm64-gnu', 'darwin-x64', 'darwin-arm64', 'win32-x64-msvc'],
  'lightningcss-': ['linux-x64-gnu', 'linux-arm64-gnu', 'darwin-x64', 'darwin-arm64', 'win32-x64-msvc'],
};
for (const [prefix, systems] of Object.entries(NATIVE)) {
  for (const system of systems) {
    const there = Object.keys(packages).some((place) => place.endsWith(`${PREFIX}${prefix}${system}`));
    if (!there) faults.push(`${prefix}${system} is not in the lock`);
  }
}

for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exit(1);
console.log('the lock holds what every system needs');
