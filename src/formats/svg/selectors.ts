// Selectors: names become short, what selects nothing is left out, what depends on metadata is refused (Selectors Level 4).
import type { CSSToken } from '@csstools/css-tokenizer';
import { isBlank } from '../../containers/css/parse.ts';
import { unsupported } from '../../core/errors.ts';
import type { NameKind } from './output.ts';
import { attributeUse, describing, drawn } from './policy.ts';
import { vocabulary } from './vocabulary.ts';

/** What a selector is written as. */
export type SelectorPiece = string | { of: NameKind; name: string };

/** Pseudo-classes that depend on which other elements there are. */
const STRUCTURAL = /^(nth-|first-|last-|only-|has$)/;
const PSEUDO = new Set(
  `active any-link autofill checked default dir disabled enabled first-child first-of-type focus focus-visible focus-within
  fullscreen has hover in-range invalid is lang last-child last-of-type link local-link matches not nth-child nth-last-child
  nth-last-of-type nth-of-type only-child only-of-type open optional out-of-range read-only read-write required root scope target
  target-within valid visited where after before cue first-letter first-line marker placeholder selection -moz-selection`.split(
    /\s+/,
  ),
);
/** Their arguments are selectors. */
const SELECTING = new Set(['has', 'is', 'matches', 'not', 'where']);
const LANGUAGE = /^[a-z]{2,3}(-[a-z\d]{2,8})?$/i;
/** `an+b`, and words around it (Selectors Level 4 §13.3). */
const NTH = /^(?:n|odd|even|of|-?n-?\d*|[+-]?\d*n?-?\d*)$/i;

/** A selector that matches nothing, or a rule that no viewer reads. */
type Unmatched = 'nothing' | 'unreadable';

/** Reads a rule's selectors. */
export class Selectors {
  /** Elements are told apart by their place among others. */
  isStructural = false;

  /** What a rule's prelude is written as; undefined: the rule styles nothing. */
  compile(prelude: readonly CSSToken[]): SelectorPiece[] | undefined {
    const kept: SelectorPiece[] = [];
    for (const selector of splitAtCommas(prelude)) {
      const pieces = this.#complex(selector);
      if (pieces === 'unreadable') return undefined;
      if (pieces === 'nothing') continue;
      if (kept.length > 0) kept.push(',');
      for (const piece of pieces) kept.push(piece);
    }
    return kept.length > 0 ? kept : undefined;
  }

  #complex(tokens: readonly CSSToken[]): SelectorPiece[] | Unmatched {
    const pieces: SelectorPiece[] = [];
    const open: string[] = [];
    let matchesNothing = false;
    for (let at = 0; at < tokens.length; at++) {
      const token = tokens[at] as CSSToken;
      const next = tokens[at + 1];
      const within = open.at(-1);
      const isSelecting = within === undefined || SELECTING.has(within);
      if (isBlank(token)) {
        if (!isBlank(next) && token[0] === 'whitespace-token') pieces.push(' ');
        else if (!isBlank(next)) pieces.push('/**/');
      } else if (token[0] === ')-token') {
        if (open.pop() === undefined) return 'unreadable';
        pieces.push(')');
      } else if (token[0] === 'function-token' && tokens[at - 1]?.[0] === 'colon-token') {
        const name = token[4].value.toLowerCase();
        if (!this.#isKnownPseudo(name)) return 'unreadable';
        pieces.push(`${name}(`);
        open.push(name);
      } else if (!isSelecting) {
        const argument = argumentOf(token);
        if (argument === undefined) return 'unreadable';
        pieces.push(argument);
      } else if (token[0] === 'hash-token') {
        if (token[4].type !== 'id') return 'unreadable';
        pieces.push('#', { of: 'id', name: token[4].value });
      } else if (token[0] === 'delim-token' && token[1] === '.' && next?.[0] === 'ident-token') {
        pieces.push('.', { of: 'class', name: next[4].value });
        at++;
      } else if (token[0] === '[-token') {
        let end = at + 1;
        while (end < tokens.length && tokens[end]?.[0] !== ']-token') end++;
        if (end === tokens.length) return 'unreadable';
        pieces.push(attributeSelector(tokens.slice(at + 1, end)));
        at = end;
      } else if (token[0] === 'colon-token') {
        pieces.push(':');
        if (next?.[0] === 'ident-token') {
          const name = next[4].value.toLowerCase();
          if (!this.#isKnownPseudo(name)) return 'unreadable';
          pieces.push(name);
          at++;
        }
      } else if (token[0] === 'ident-token') {
        const { value } = token[4];
        if (drawn.has(value) || describing.has(value)) pieces.push(value);
        else if (within !== undefined) throw unselectable();
        else {
          matchesNothing = true;
          pieces.push('*');
        }
      } else if (token[0] === 'comma-token' && within !== undefined) pieces.push(',');
      else if (token[0] === 'delim-token' && /^[>+~*]$/.test(token[1])) {
        if (token[1] === '+' || token[1] === '~') this.isStructural = true;
        pieces.push(token[1]);
      } else if (token[0] === 'delim-token' && /^[|&]$/.test(token[1])) throw unselectable();
      else return 'unreadable';
    }
    while (open.pop() !== undefined) pieces.push(')');
    if (pieces.length === 0) return 'unreadable';
    return matchesNothing ? 'nothing' : pieces;
  }

  #isKnownPseudo(name: string): boolean {
    if (name === 'empty') throw unselectable();
    if (STRUCTURAL.test(name)) this.isStructural = true;
    return PSEUDO.has(name);
  }
}

/** What stands in `:lang()`, `:nth-child()` and the like; undefined where it isn't known. */
function argumentOf(token: CSSToken): string | undefined {
  const [type, raw] = token;
  if (type === 'comma-token' || type === '(-token') return raw;
  if (type === 'delim-token' && /^[+*-]$/.test(raw)) return raw;
  if (type === 'ident-token' && (LANGUAGE.test(raw) || NTH.test(raw))) return raw;
  return (type === 'number-token' || type === 'dimension-token') && NTH.test(raw) ? raw : undefined;
}

/**
 * Attributes may be selected by that are kept as they are, and values that an attribute may have; others would no longer be found.
 * @throws ScrubError
 */
function attributeSelector(all: readonly CSSToken[]): string {
  const tokens = all.filter((token) => !isBlank(token));
  const [name, ...rest] = tokens;
  const attribute = name?.[0] === 'ident-token' ? name[4].value : '';
  const use = attributeUse(attribute);
  if (use !== 'plain' && use !== 'css') throw unselectable();
  const written = rest.map((token) => {
    const [type, raw] = token;
    if (type === 'delim-token' && /^[=~^$*|]$/.test(raw)) return raw;
    const value = type === 'ident-token' || type === 'string-token' ? token[4].value : undefined;
    if (value === undefined || !/^(#[\da-f]{3,8}|-?[\d.]+|[a-z-]*)$/i.test(value)) throw unselectable();
    if (/^-?[a-z]/i.test(value) && !vocabulary.has(value.toLowerCase()) && !/^[is]$/i.test(value)) throw unselectable();
    return type === 'string-token' ? `'${value}'` : ` ${value}`;
  });
  return `[${attribute}${written.join('').replace(/(=) /, '$1')}]`;
}

function unselectable(): Error {
  return unsupported('A style sheet selects elements by what is not kept of them.', undefined, 'style');
}

function splitAtCommas(tokens: readonly CSSToken[]): CSSToken[][] {
  const parts: CSSToken[][] = [[]];
  let depth = 0;
  for (const token of tokens) {
    if (token[0] === 'function-token' || token[0] === '(-token' || token[0] === '[-token') depth++;
    if (token[0] === ')-token' || token[0] === ']-token') depth--;
    if (token[0] === 'comma-token' && depth === 0) parts.push([]);
    else parts.at(-1)?.push(token);
  }
  return parts.map((part) => {
    while (isBlank(part[0])) part.shift();
    while (isBlank(part.at(-1))) part.pop();
    return part;
  });
}
