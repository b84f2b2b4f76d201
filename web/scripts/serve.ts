import type { Connect, Plugin } from 'vite';

/** Everything that is not a file, the API or the landing page is a page of the app. */
const toApp: Connect.NextHandleFunction = (request, _, next) => {
  const path = request.url?.split(/[?#]/)[0] ?? '/';
  const page = request.headers.accept?.includes('text/html') && path !== '/' && !/^\/(api|dev|@)|\./.test(path);
  if (page) request.url = '/app.html';
  next();
};

/** Serves the app's pages as the Voxgate server does, while developing and in `vite preview`. */
export const appFallback = (): Plugin => ({
  name: 'voxgate:app-fallback',
  configureServer: (server) => void server.middlewares.use(toApp),
  configurePreviewServer: (server) => void server.middlewares.use(toApp),
});
