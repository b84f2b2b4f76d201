// Lighthouse for a phone, three times a page, and the median: what a visitor sees first, and the sign-in page.
//
//   voxgate dev &            (a release build: a debug build answers more slowly)
//   npm run lighthouse -- http://127.0.0.1:8000
//
// Lighthouse itself comes by npx: it is large, and nothing else needs it.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const base = process.argv[2] ?? 'http://127.0.0.1:8000';
const RUNS = 3;
/** Limits for the score of 100, and milliseconds. */
const PAGES = {
  '/': { performance: 99, accessibility: 100, lcp: 1_000, tbt: 100, cls: 0.02 },
  '/login': { performance: 92, accessibility: 100, lcp: 2_600, tbt: 100, cls: 0.02 },
};

const folder = mkdtempSync(join(tmpdir(), 'voxgate-lighthouse-'));

function run(path, number) {
  const file = join(folder, `${number}.json`);
  execFileSync(
    'npx',
    [
      '--yes',
      'lighthouse@12.8.2',
      base + path,
      '--quiet',
      '--output=json',
      `--output-path=${file}`,
      '--only-categories=performance,accessibility,best-practices',
      '--chrome-flags=--headless=new --no-sandbox',
    ],
    {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { CHROME_PATH: process.env.CHROMIUM ?? '/usr/bin/chromium', ...process.env },
    },
  );
  const { categories, audits } = JSON.parse(readFileSync(file, 'utf8'));
  const value = (audit) => audits[audit].numericValue;
  return {
    performance: Math.round(categories.performance.score * 100),
    accessibility: Math.round(categories.accessibility.score * 100),
    practices: Math.round(categories['best-practices'].score * 100),
    lcp: Math.round(value('largest-contentful-paint')),
    tbt: Math.round(value('total-blocking-time')),
    cls: Number(value('cumulative-layout-shift').toFixed(3)),
  };
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const HIGH = ['performance', 'accessibility'];
const table = {};
const missed = [];
try {
  for (const [path, limits] of Object.entries(PAGES)) {
    const runs = Array.from({ length: RUNS }, (_, n) => run(path, n));
    const result = Object.fromEntries(Object.keys(runs[0]).map((key) => [key, median(runs.map((each) => each[key]))]));
    table[path] = result;
    for (const [key, limit] of Object.entries(limits)) {
      const fails = HIGH.includes(key) ? result[key] < limit : result[key] > limit;
      if (fails)
        missed.push(`${path}: ${key} ${result[key]}, wanted ${HIGH.includes(key) ? 'at least' : 'at most'} ${limit}`);
    }
  }
  console.table(table);
  for (const line of missed) console.log(line);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = missed.length > 0 ? 1 : 0;
