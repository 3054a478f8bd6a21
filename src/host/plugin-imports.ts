import { registerHooks } from 'node:module';

let opened = false;

/**
 * Lets the files of a plugin folder, wherever it lies, import the kit: `csp-designer/kit/define-component.ts`.
 *
 * It is always the kit of this program: a copy installed beside the plugin would have a runtime of its own, whose operations
 * this one does not know. What else a plugin imports is looked for where it lies, and then here, so that `typebox` is there.
 */
export function openPluginImports(): void {
  if (opened) return;
  opened = true;
  const here = import.meta.url;
  registerHooks({
    resolve(specifier, context, next) {
      if (specifier.startsWith('csp-designer/')) return next(specifier, { ...context, parentURL: here });
      try {
        return next(specifier, context);
      } catch (thrown) {
        if (!/^[@a-z]/.test(specifier)) throw thrown;
        return next(specifier, { ...context, parentURL: here });
      }
    },
  });
}
