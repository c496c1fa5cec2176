import type { Tool } from '../../core/walk.ts';

/** Parses XML strictly, and resolves no entities but those it is given. */
export const saxes: Tool<typeof import('saxes')> = { name: 'saxes', load: () => import('saxes') };
