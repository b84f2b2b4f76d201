import { defineConfig } from '@playwright/test';

/** Debian's Chromium against the real server: `e2e/support/server.ts` starts one with a database of its own. */
export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results',
  // One browser at a time: the machine also runs the server and its database, and figures are measured.
  workers: 1,
  forbidOnly: true,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [['list']],
  snapshotPathTemplate: '{testDir}/shots/{arg}{ext}',
  globalSetup: './e2e/support/server.ts',
  use: {
    viewport: { width: 1280, height: 800 },
    locale: 'en-GB',
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-quic',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
});
