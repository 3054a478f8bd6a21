import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const src = fileURLToPath(new URL('../src/', import.meta.url));

/** `npm run dev` forwards the API to the server of this port. */
const api = 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [react()],
  resolve: { alias: [{ find: /^#/, replacement: src }] },
  build: {
    target: 'es2023',
    outDir: 'dist',
    emptyOutDir: true,
    // Libraries change less often than the page, so browsers keep them over new versions of it.
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: 'react', test: /node_modules[\\/](react|react-dom|scheduler)[\\/]/ },
            { name: 'flow', test: /node_modules[\\/](@xyflow|d3-[a-z]+)[\\/]/ },
            { name: 'schemas', test: /node_modules[\\/]typebox[\\/]/ },
          ],
        },
      },
    },
  },
  server: { proxy: { '/api': { target: api, ws: true } } },
});
