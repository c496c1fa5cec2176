import type { Tool } from '../../core/walk.ts';

type Saxes = typeof import('saxes');

/** Parses XML strictly, and resolves no entities but those it is given. */
export const saxes: Tool<Saxes> = {
  name: 'saxes',
  load: async () => {
    // It is CommonJS: some bundlers give its exports by names, all give them as the default.
    const module: Saxes & { default?: Saxes } = await import('saxes');
    return module.default ?? module;
  },
};
