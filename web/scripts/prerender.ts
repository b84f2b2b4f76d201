import { type Plugin, runnerImport } from 'vite';

type Landing = typeof import('../src/landing/render');

/** Puts the landing page's markup into `index.html`, so that it needs no script. */
export const prerender = (): Plugin => ({
  name: 'voxgate:prerender',
  transformIndexHtml: {
    order: 'pre',
    async handler(html, { path }) {
      if (path !== '/index.html') return html;
      const { module } = await runnerImport<Landing>('./src/landing/render.tsx');
      return html.replace('<!--landing-->', module.landing());
    },
  },
});
