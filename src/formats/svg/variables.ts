import { unsupported } from '../../core/errors.ts';
import type { Piece } from './values.ts';

/** Variables of styles and what uses them (CSS Custom Properties Level 1): without scripts, those that nothing uses do nothing. */
export class Variables {
  /** Those that are kept; undefined: all, because it isn't known yet which are used. */
  readonly #kept: ReadonlySet<string> | undefined;
  /** Names that values of variables use, by the names of these. */
  readonly #uses: Map<string, Set<string>> = new Map();
  /** Names that other values use. */
  readonly #used: Set<string> = new Set();
  readonly #unreadable: Set<string> = new Set();

  constructor(kept?: ReadonlySet<string>) {
    this.#kept = kept;
  }

  keeps(name: string): boolean {
    return this.#kept?.has(name) ?? true;
  }

  /** Notes what the value of a property uses, or of a variable. */
  note(property: string, pieces: readonly Piece[] | undefined): void {
    const isVariable = property.startsWith('--');
    if (isVariable && pieces === undefined) this.#unreadable.add(property);
    let uses = isVariable ? this.#uses.get(property) : this.#used;
    if (uses === undefined) {
      uses = new Set();
      this.#uses.set(property, uses);
    }
    for (const piece of pieces ?? []) {
      if (typeof piece !== 'string' && piece.kind === 'name' && piece.of === 'property') uses.add(piece.name);
    }
  }

  /**
   * The names of variables that are used; undefined where all that are declared are.
   * @throws ScrubError where one of them can't be read
   */
  used(): ReadonlySet<string> | undefined {
    // A set takes up what is added while it is gone through.
    const used = new Set(this.#used);
    for (const name of used) for (const other of this.#uses.get(name) ?? []) used.add(other);
    for (const name of this.#unreadable) {
      if (used.has(name)) throw unsupported("A style has a variable whose value can't be read.", undefined, 'style');
    }
    for (const name of this.#uses.keys()) if (!used.has(name)) return used;
    return undefined;
  }
}
