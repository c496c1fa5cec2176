// Style sheets and style attributes: comments and unknown properties go, names become short, what is referred to is looked at.
import type { CSSToken, tokenize } from '@csstools/css-tokenizer';
import { CssParser, type Declaration, grouping, isBlank, type Rule } from '../../containers/css/parse.ts';
import { unsupported } from '../../core/errors.ts';
import { escapeXml, type Output } from './output.ts';
import { attributeUse, properties } from './policy.ts';

/** What style sheets lead out to. */
export interface StyleHost {
  output: Output;
  animates: boolean;
  /** Writes a reference as what `url()` holds; undefined: it is dropped. */
  reference(url: string): boolean;
  /** Something was left out. */
  removed(where: string, bytes: number): void;
  /** A reference to another style sheet; returns if it is dropped. */
  imported(): void;
}

/** Values in which all is said by letters, digits and these: no function, string, escape or comment. */
const SIMPLE = /^[\w\s#.,%+-]*$/;
/** What a presentation attribute has to be tokenized for. */
const REFERRING = /url|src|image|\\|\/\*/i;
/** Pseudo-classes that depend on which other elements there are. */
const STRUCTURAL = /^(nth-|first-|last-|only-|has$|empty$|is$|where$)/;

/** Writes styles. */
export class Styles {
  /** Selectors tell elements apart by their place among others. */
  isStructural = false;
  readonly #tokenize: typeof tokenize;
  readonly #host: StyleHost;
  /** Styles that refer to nothing, as they were written. */
  readonly #known: Map<string, string> = new Map();

  constructor(tokenizer: typeof tokenize, host: StyleHost) {
    this.#tokenize = tokenizer;
    this.#host = host;
  }

  /** Writes a presentation attribute's value. */
  value(text: string): void {
    if (REFERRING.test(text)) this.#value(this.#tokenize({ css: text }).slice(0, -1));
    else this.#host.output.write(escapeXml(text));
  }

  /** Whether a style attribute says anything that is kept; then it is written. */
  attribute(text: string): void {
    const known = this.#known.get(text) ?? this.#simple(text);
    if (known !== undefined) {
      if (known !== '') this.#host.output.write(` style="${known}"`);
      return;
    }
    const kept = new CssParser(this.#tokenize({ css: text })).declarations().filter((item) => this.#keeps(item));
    if (kept.length === 0) return;
    this.#host.output.write(' style="');
    this.#declarations(kept);
    this.#host.output.write('"');
  }

  /** Declarations that a full reading would find nothing in but what is seen here. */
  #simple(text: string): string | undefined {
    const kept: string[] = [];
    for (const item of text.split(';')) {
      const colon = item.indexOf(':');
      if (item.trim() === '') continue;
      const name = item.slice(0, colon).trim();
      const value = item.slice(colon + 1).trim();
      if (colon < 0 || !/^-?[a-zA-Z][\w-]*$/.test(name) || !SIMPLE.test(value)) return undefined;
      const lower = name.toLowerCase();
      if (/animation|transition|url/.test(lower)) return undefined;
      if (properties.has(lower)) kept.push(`${lower}:${value.replace(/\s+/g, ' ')}`);
      else this.#host.removed(`property ${lower}`, item.length);
    }
    const written = kept.join(';');
    this.#known.set(text, written);
    return written;
  }

  /** Writes a style sheet. */
  sheet(text: string): void {
    for (const rule of new CssParser(this.#tokenize({ css: text })).rules()) this.#rule(rule);
  }

  #rule({ at, prelude, block = [] }: Rule): void {
    const { output } = this.#host;
    const isFrames = /^(-webkit-|-moz-|-o-)?keyframes$/.test(at);
    if (at === 'charset') return;
    if (at === 'import') {
      this.#host.imported();
      return;
    }
    if (isFrames && !this.#host.animates) return;
    if (at !== '' && !isFrames && at !== 'font-face' && !grouping.has(at)) {
      throw unsupported(`A style sheet has a rule @${at.slice(0, 30)}, which can't be cleaned.`, undefined, 'style');
    }
    if (at !== '') output.write(`@${at}`);
    if (prelude.length > 0 && at !== '') output.write(' ');
    if (isFrames) this.#keyframesName(prelude);
    else if (at === '') this.#selector(prelude);
    else this.#tokens(prelude);
    output.write('{');
    if (isFrames) {
      for (const frame of block) {
        if (!('prelude' in frame) || frame.at !== '') continue;
        this.#tokens(frame.prelude);
        output.write('{');
        this.#declarations((frame.block ?? []).filter((item) => this.#keeps(item)));
        output.write('}');
      }
    } else if (grouping.has(at)) {
      for (const inner of block) if ('prelude' in inner) this.#rule(inner);
    } else this.#declarations(block.filter((item) => this.#keeps(item)));
    output.write('}');
  }

  #keyframesName(prelude: readonly CSSToken[]): void {
    const [token] = prelude;
    if (prelude.length !== 1 || token === undefined)
      throw unsupported('Keyframes have no plain name.', undefined, 'style');
    if (token[0] !== 'ident-token') throw unsupported('Keyframes have no plain name.', undefined, 'style');
    this.#host.output.write(escapeXml(token[1]));
  }

  #keeps(item: Declaration | Rule): boolean {
    if ('prelude' in item) {
      throw unsupported("A style sheet has rules inside of rules, which can't be cleaned.", undefined, 'style');
    }
    const isKept = properties.has(item.name) || item.name.startsWith('--');
    const isAnimation = /^(-webkit-)?(animation|transition)/.test(item.name);
    if (isKept && (this.#host.animates || !isAnimation)) return true;
    this.#host.removed(`property ${item.name.slice(0, 60)}`, item.name.length);
    return false;
  }

  #declarations(items: readonly (Declaration | Rule)[]): void {
    let isFirst = true;
    for (const item of items) {
      if ('prelude' in item) continue;
      if (!isFirst) this.#host.output.write(';');
      isFirst = false;
      this.#host.output.write(`${escapeXml(item.name)}:`);
      this.#value(item.value);
    }
  }

  #value(tokens: readonly CSSToken[]): void {
    const { output } = this.#host;
    for (let at = 0; at < tokens.length; at++) {
      const token = tokens[at];
      if (token === undefined) return;
      const [type, raw] = token;
      if (type === 'url-token') this.#url(token[4].value);
      else if (type === 'function-token') {
        const name = token[4].value.toLowerCase();
        if (name === 'url' || name === 'src') {
          let inner = at + 1;
          while (isBlank(tokens[inner])) inner++;
          const string = tokens[inner];
          let close = inner + 1;
          while (isBlank(tokens[close])) close++;
          const isClosed = tokens[close] === undefined || tokens[close]?.[0] === ')-token';
          if (string?.[0] !== 'string-token' || !isClosed) {
            throw unsupported("A style refers to something in a way that can't be read.", undefined, 'style');
          }
          this.#url(string[4].value);
          at = close;
        } else if (/image|cross-fade|element|paint/.test(name)) {
          throw unsupported(`A style uses ${name}(), which can't be cleaned.`, undefined, 'style');
        } else output.write(escapeXml(raw));
      } else this.#token(tokens, at);
    }
  }

  #url(url: string): void {
    const { output } = this.#host;
    output.write('url(');
    // What is left out must stay a reference that leads nowhere: without any, something else would be drawn.
    if (!this.#host.reference(url)) {
      output.write('#');
      output.name('id', '');
    }
    output.write(')');
  }

  #tokens(tokens: readonly CSSToken[]): void {
    for (let at = 0; at < tokens.length; at++) this.#token(tokens, at);
  }

  /** Writes a token as it is, white space as one space, a comment only where something would run together without it. */
  #token(tokens: readonly CSSToken[], at: number): void {
    const token = tokens[at];
    if (token === undefined) return;
    const isAfterBlank = isBlank(tokens[at - 1]) || at === 0;
    if (token[0] === 'whitespace-token') {
      if (tokens[at - 1]?.[0] !== 'whitespace-token' && !this.#endsBlank(tokens, at)) this.#host.output.write(' ');
    } else if (token[0] === 'comment') {
      if (!isAfterBlank && !isBlank(tokens[at + 1])) this.#host.output.write('/**/');
    } else this.#host.output.write(escapeXml(token[1]));
  }

  /** Whether the run of blanks before a space held a space already. */
  #endsBlank(tokens: readonly CSSToken[], at: number): boolean {
    for (let before = at - 1; isBlank(tokens[before]); before--)
      if (tokens[before]?.[0] === 'whitespace-token') return true;
    return false;
  }

  #selector(tokens: readonly CSSToken[]): void {
    const { output } = this.#host;
    for (let at = 0; at < tokens.length; at++) {
      const token = tokens[at];
      if (token === undefined) return;
      const [type, raw] = token;
      const next = tokens[at + 1];
      if (type === 'hash-token' && token[4].type === 'id') {
        output.write('#');
        output.name('id', token[4].value);
      } else if (type === 'delim-token' && raw === '.' && next?.[0] === 'ident-token') {
        output.write('.');
        output.name('class', next[4].value);
        at++;
      } else if (type === '[-token') {
        at = this.#attributeSelector(tokens, at);
      } else {
        if (type === 'delim-token' && (raw === '+' || raw === '~')) this.isStructural = true;
        if (type === 'colon-token' && next !== undefined) {
          const name = next[0] === 'ident-token' || next[0] === 'function-token' ? next[4].value.toLowerCase() : '';
          if (STRUCTURAL.test(name)) this.isStructural = true;
          if (name === 'empty') throw unsupported('A style sheet selects empty elements.', undefined, 'style');
        }
        this.#token(tokens, at);
      }
    }
  }

  /** Attributes that are kept as they are may be selected by; others would no longer be found. */
  #attributeSelector(tokens: readonly CSSToken[], start: number): number {
    let end = start;
    while (end < tokens.length && tokens[end]?.[0] !== ']-token') end++;
    const inner = tokens.slice(start + 1, end).filter((token) => !isBlank(token));
    const [name, ...rest] = inner;
    const use = name?.[0] === 'ident-token' ? attributeUse(name[4].value) : undefined;
    const refers = rest.some((token) => token[0] === 'string-token' && /[#(]/.test(token[4].value));
    if (
      (use !== 'plain' && use !== 'css') ||
      rest.some(([type, raw]) => type === 'delim-token' && raw === '|') ||
      refers
    ) {
      throw unsupported('A style sheet selects elements by attributes that are not kept.', undefined, 'style');
    }
    this.#tokens(tokens.slice(start, end + 1));
    return end;
  }
}
