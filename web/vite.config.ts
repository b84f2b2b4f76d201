import tailwindcss from '@tailwindcss/vite';
import { tanstackRouter } from '@tanstack/router-plugin/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { budget } from './scripts/budget.ts';
import { compress } from './scripts/compress.ts';
import { prerender } from './scripts/prerender.ts';
import { appFallback } from './scripts/serve.ts';

const api = process.env.VOXGATE_API ?? 'http://127.0.0.1:8000';

/** The policy of the server's pages, for `vite preview`; the server sends its own. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ');

const toServer = {
  '/api': { target: api, ws: true, changeOrigin: true, headers: { origin: api } },
  '/dev': { target: api, changeOrigin: true },
};

export default defineConfig({
  plugins: [
    tanstackRouter({ target: 'react', autoCodeSplitting: true, semicolons: true }),
    react(),
    tailwindcss(),
    prerender(),
    appFallback(),
    compress(),
    budget(),
  ],
  server: { proxy: toServer },
  preview: { proxy: toServer, headers: { 'content-security-policy': policy } },
  build: {
    target: 'es2023',
    cssTarget: ['chrome123', 'firefox121', 'safari17.5'],
    manifest: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: { input: { index: 'index.html', app: 'app.html' } },
  },
});
