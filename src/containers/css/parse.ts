// Style sheets and style attributes as rules and declarations over tokens (CSS Syntax Module Level 3 §5).
import type { CSSToken } from '@csstools/css-tokenizer';
import { limitExceeded } from '../../core/errors.ts';

/** Name and value of a property; the value without white space around it. */
export interface Declaration {
  name: string;
  value: readonly CSSToken[];
}

/** A qualified rule, or an at-rule, which may have no block. */
export interface Rule {
  /** Lower-case name of an at-rule; '' for a qualified rule. */
  at: string;
  prelude: readonly CSSToken[];
  block: readonly (Declaration | Rule)[] | undefined;
}

/** Rules nest no deeper in any style sheet. */
const MAX_DEPTH = 32;
const CLOSING: Readonly<Record<string, string>> = {
  '(-token': ')-token',
  'function-token': ')-token',
  '[-token': ']-token',
  '{-token': '}-token',
};
/** At-rules whose block holds rules. */
export const grouping: ReadonlySet<string> = new Set(['media', 'supports']);
const framing: ReadonlySet<string> = new Set(['keyframes', '-webkit-keyframes', '-moz-keyframes', '-o-keyframes']);

/** Whether a token is white space or a comment. */
export function isBlank(token: CSSToken | undefined): boolean {
  return token?.[0] === 'whitespace-token' || token?.[0] === 'comment';
}

/** Reads tokens, which come without their end-of-file token. */
export class CssParser {
  readonly #tokens: readonly CSSToken[];
  #at = 0;

  constructor(tokens: readonly CSSToken[]) {
    this.#tokens = tokens;
  }

  /** §5.3.3: the rules of a style sheet. */
  rules(depth = 0): Rule[] {
    if (depth > MAX_DEPTH) throw limitExceeded('Rules of a style sheet are nested too deep.', undefined, 'style');
    const rules: Rule[] = [];
    for (;;) {
      const token = this.#tokens[this.#at];
      if (token === undefined || (depth > 0 && token[0] === '}-token')) return rules;
      if (isBlank(token) || (depth === 0 && (token[0] === 'CDO-token' || token[0] === 'CDC-token'))) this.#at++;
      else {
        const rule = this.#rule(depth);
        if (rule !== undefined) rules.push(rule);
      }
    }
  }

  /** §5.3.8: the declarations of a block or a style attribute; a rule in them is given back as one. */
  declarations(depth = 0): (Declaration | Rule)[] {
    const found: (Declaration | Rule)[] = [];
    for (;;) {
      const token = this.#tokens[this.#at];
      if (token === undefined || (depth > 0 && token[0] === '}-token')) return found;
      if (isBlank(token) || token[0] === 'semicolon-token') this.#at++;
      else if (token[0] === 'at-keyword-token') {
        const rule = this.#rule(depth);
        if (rule !== undefined) found.push(rule);
      } else {
        const start = this.#at;
        while (this.#at < this.#tokens.length) {
          const type = this.#tokens[this.#at]?.[0];
          if (type === 'semicolon-token' || (depth > 0 && type === '}-token')) break;
          this.#component();
        }
        const tokens = this.#tokens.slice(start, this.#at);
        const declaration = toDeclaration(tokens);
        const isRule = declaration?.name.startsWith('--') !== true && tokens.some(([type]) => type === '{-token');
        if (isRule) found.push({ at: 'nesting', prelude: [], block: [] });
        else if (declaration !== undefined) found.push(declaration);
      }
    }
  }

  #rule(depth: number): Rule | undefined {
    const first = this.#tokens[this.#at];
    const at = first?.[0] === 'at-keyword-token' ? first[4].value.toLowerCase() : '';
    if (at !== '') this.#at++;
    const start = this.#at;
    for (;;) {
      const type = this.#tokens[this.#at]?.[0];
      if (type === undefined)
        return at === '' ? undefined : { at, prelude: trim(this.#tokens.slice(start, this.#at)), block: undefined };
      if (at !== '' && (type === 'semicolon-token' || (depth > 0 && type === '}-token'))) {
        const prelude = trim(this.#tokens.slice(start, this.#at));
        if (type === 'semicolon-token') this.#at++;
        return { at, prelude, block: undefined };
      }
      if (type === '{-token') break;
      if (at === '' && depth > 0 && type === '}-token') return undefined;
      this.#component();
    }
    const prelude = trim(this.#tokens.slice(start, this.#at++));
    const holdsRules = grouping.has(at) || framing.has(at);
    const block = holdsRules ? this.rules(depth + 1) : this.declarations(depth + 1);
    this.#at++;
    return { at, prelude, block };
  }

  /** §5.4.7: steps over a token, or a block or function whole. */
  #component(): void {
    const open: string[] = [];
    do {
      const type = this.#tokens[this.#at++]?.[0];
      if (type === undefined) return;
      const closing = CLOSING[type];
      if (closing !== undefined) open.push(closing);
      else if (type === open.at(-1)) open.pop();
    } while (open.length > 0);
  }
}

function toDeclaration(tokens: readonly CSSToken[]): Declaration | undefined {
  const [first] = tokens;
  if (first?.[0] !== 'ident-token') return undefined;
  let colon = 1;
  while (isBlank(tokens[colon])) colon++;
  if (tokens[colon]?.[0] !== 'colon-token') return undefined;
  const value = trim(tokens.slice(colon + 1));
  if (value.some(([type]) => type === 'bad-string-token' || type === 'bad-url-token')) return undefined;
  const { value: name } = first[4];
  return { name: name.startsWith('--') ? name : name.toLowerCase(), value };
}

function trim(tokens: readonly CSSToken[]): readonly CSSToken[] {
  let start = 0;
  let end = tokens.length;
  while (start < end && isBlank(tokens[start])) start++;
  while (end > start && isBlank(tokens[end - 1])) end--;
  return tokens.slice(start, end);
}
