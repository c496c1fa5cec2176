// Values of properties: tokens that a viewer knows are written, names become short, anything else makes a value unknown.
import type { CSSToken } from '@csstools/css-tokenizer';
import { isBlank } from '../../containers/css/parse.ts';
import { unsupported } from '../../core/errors.ts';
import type { Links } from './links.ts';
import { cssString, escapeXml, type NameKind, type Output } from './output.ts';
import { attributeUse, properties } from './policy.ts';
import {
  animationWords,
  fontFormats,
  functions,
  genericFamilies,
  isPathData,
  units,
  vocabulary,
} from './vocabulary.ts';

/** What a value is written as. */
export type Piece =
  | string
  | { kind: 'name'; of: NameKind; name: string }
  | { kind: 'font'; name: string; isQuoted: boolean }
  | { kind: 'url'; url: string };

const HEX = /^#(?:[\da-f]{3,4}|[\da-f]{6}|[\da-f]{8})$/i;
const PLAIN_NAME = /^-?[A-Za-z_][\w-]*$/;
/** Colours by a profile of the document's stand behind the same colour in sRGB, which all viewers show (SVG 1.1 §11.2). */
const PROFILED = /^(icc|device|cielab|cielch)/;
const REFERRING = /image|cross-fade|element$|^paint$/;
const SIZES = /^(xx-small|x-small|small|medium|large|x-large|xx-large|xxx-large|larger|smaller)$/;
/** Four letters of an OpenType tag (CSS Fonts Level 4 §6.12). */
const FONT_TAG = /^[ -~]{4}$/;

/** What a value of a property is written as; undefined: no viewer knows what it means. */
export function compile(property: string, tokens: readonly CSSToken[]): Piece[] | undefined {
  switch (property.replace(/^-(webkit|moz)-/, '')) {
    case 'font-family':
      return compileFamilies(tokens);
    case 'font':
      return compileFont(tokens);
    case 'unicode-range': {
      const text = tokens.map((token) => (isBlank(token) ? ' ' : token[1])).join('');
      return /^[\s,+?\-\da-fu]*$/i.test(text) ? [text] : undefined;
    }
    default:
      // A variable may hold the families of a font.
      return new Compiler(property).run(tokens) ?? (property.startsWith('--') ? compileFamilies(tokens) : undefined);
  }
}

/** Writes pieces, as they stand in an attribute or a style sheet. */
export function writePieces(pieces: readonly Piece[], output: Output, links: Links): void {
  for (const piece of pieces) {
    if (typeof piece === 'string') output.write(escapeXml(piece));
    else if (piece.kind === 'name') output.name(piece.of, piece.name);
    else if (piece.kind === 'font') output.part(piece);
    else {
      // What is left out must stay a reference that leads nowhere: without any, something else would be drawn.
      if (!links.write(piece.url, 'style', 'url(')) {
        output.write('url(#');
        output.name('id', '');
      }
      output.write(')');
    }
  }
}

class Compiler {
  readonly #property: string;
  readonly #pieces: Piece[] = [];
  /** Open functions, blocks and what closes them. */
  readonly #open: { name: string; start: number }[] = [];

  constructor(property: string) {
    this.#property = property;
  }

  run(tokens: readonly CSSToken[]): Piece[] | undefined {
    for (let at = 0; at < tokens.length; at++) {
      const token = tokens[at] as CSSToken;
      if (isBlank(token)) this.#blank(tokens, at);
      else if (token[0] === 'function-token' && /^(url|src)$/i.test(token[4].value)) {
        const end = this.#reference(tokens, at);
        if (end === undefined) return undefined;
        at = end;
      } else if (!this.#token(token, tokens[at + 1])) return undefined;
    }
    // Functions that are not closed are closed by the end of the value (CSS Syntax Level 3 §5.4.9).
    while (this.#open.length > 0) if (!this.#close(undefined)) return undefined;
    return this.#pieces;
  }

  /** A run of white space and comments is a space; comments alone part what stands around them. */
  #blank(tokens: readonly CSSToken[], at: number): void {
    if (isBlank(tokens[at + 1])) return;
    let start = at;
    while (isBlank(tokens[start - 1])) start--;
    const isSpace = tokens.slice(start, at + 1).some(([type]) => type === 'whitespace-token');
    this.#pieces.push(isSpace ? ' ' : '/**/');
  }

  #token(token: CSSToken, next: CSSToken | undefined): boolean {
    const [type, raw] = token;
    switch (type) {
      case 'ident-token':
        return this.#ident(token[4].value);
      case 'number-token':
      case 'percentage-token':
        return this.#plain(raw);
      case 'dimension-token':
        return units.has(token[4].unit.toLowerCase()) && this.#plain(raw);
      case 'hash-token':
        return HEX.test(raw) && this.#plain(raw);
      case 'string-token':
        return this.#string(token[4].value);
      case 'url-token':
        this.#pieces.push({ kind: 'url', url: token[4].value });
        return true;
      case 'function-token':
        return this.#function(token[4].value.toLowerCase());
      case '(-token':
        this.#open.push({ name: '', start: this.#pieces.length });
        return this.#plain('(');
      case ')-token':
        return this.#open.length > 0 && this.#close(next);
      case 'comma-token':
      case 'delim-token':
        return /^[,+\-*/!]$/.test(raw) && this.#plain(raw);
      // Between the values of an animation.
      case 'semicolon-token':
        return this.#plain(';');
      default:
        return false;
    }
  }

  #plain(text: string): boolean {
    if (/[^\w.+\-%#(),/*!; ]/.test(text)) return false;
    this.#pieces.push(text);
    return true;
  }

  #ident(value: string): boolean {
    const property = this.#property;
    const word = value.toLowerCase();
    const within = this.#open.at(-1)?.name;
    if (within === 'var' && value.startsWith('--')) {
      this.#pieces.push('--', { kind: 'name', of: 'property', name: value });
      return true;
    }
    // It goes with its profile.
    if (within !== undefined && PROFILED.test(within)) return true;
    if (within === 'local') return this.#quoted(value);
    if (within === 'format' || within === 'tech') {
      return (
        (fontFormats.has(word) || /^(variations|color-\w+|features-\w+|incremental|palettes)$/.test(word)) &&
        this.#plain(value)
      );
    }
    if (/^(-webkit-)?animation(-name)?$/.test(property) && within === undefined && !animationWords.has(word)) {
      this.#pieces.push({ kind: 'name', of: 'keyframes', name: value });
      return true;
    }
    if (/transition|will-change/.test(property) && (properties.has(word) || attributeUse(value) !== undefined)) {
      return this.#plain(value);
    }
    return (vocabulary.has(word) || units.has(word)) && this.#plain(value);
  }

  #string(value: string): boolean {
    const within = this.#open.at(-1)?.name;
    if (within === 'local') return this.#quoted(value);
    if (within === 'path') return isPathData(value) && this.#quoted(value);
    if (within === 'format' && fontFormats.has(value.toLowerCase())) return this.#quoted(value);
    if (/animation(-name)?$/.test(this.#property)) {
      this.#pieces.push("'", { kind: 'name', of: 'keyframes', name: value }, "'");
      return true;
    }
    return /^font-(feature|variation)-settings$/.test(this.#property) && FONT_TAG.test(value) && this.#quoted(value);
  }

  #quoted(value: string): boolean {
    this.#pieces.push(cssString(value));
    return true;
  }

  #function(name: string): boolean {
    if (REFERRING.test(name)) {
      throw unsupported(`A style uses ${name.slice(0, 30)}(), which can't be cleaned.`, undefined, 'style');
    }
    const isApart = this.#pieces.at(-1) === ' ';
    const isKnown = functions.has(name) || name === 'var' || name === 'local' || (isApart && PROFILED.test(name));
    if (!isKnown) return false;
    this.#open.push({ name, start: this.#pieces.length });
    this.#pieces.push(`${name}(`);
    return true;
  }

  #close(next: CSSToken | undefined): boolean {
    const { name, start } = this.#open.pop() ?? { name: '', start: 0 };
    if (!PROFILED.test(name)) {
      this.#pieces.push(')');
      return true;
    }
    // It stands by itself behind another colour.
    this.#pieces.length = Math.max(0, start - 1);
    return start > 1 && (next === undefined || isBlank(next) || next[1] === '!');
  }

  /** Reads `url(…)` with a string in it, to its closing parenthesis. */
  #reference(tokens: readonly CSSToken[], start: number): number | undefined {
    let at = start + 1;
    while (isBlank(tokens[at])) at++;
    const string = tokens[at++];
    if (string?.[0] !== 'string-token') return undefined;
    while (isBlank(tokens[at])) at++;
    if (tokens[at] !== undefined && tokens[at]?.[0] !== ')-token') return undefined;
    this.#pieces.push({ kind: 'url', url: string[4].value });
    return at;
  }
}

/** `font-family` (CSS Fonts Level 4 §2.1): strings, or words that make up a name. */
function compileFamilies(tokens: readonly CSSToken[]): Piece[] | undefined {
  const pieces: Piece[] = [];
  let words: string[] = [];
  let isQuoted = false;
  let isWhole = false;
  /** Ends a family; whether there was one. */
  const end = (): boolean => {
    const [word] = words;
    if (word === undefined) return false;
    if (pieces.length > 0) pieces.push(',');
    const isGeneric = !isQuoted && words.length === 1 && genericFamilies.has(word.toLowerCase());
    pieces.push(isGeneric ? word : { kind: 'font', name: words.join(' '), isQuoted });
    words = [];
    isQuoted = false;
    isWhole = false;
    return true;
  };
  for (const [at, token] of tokens.entries()) {
    if (isBlank(token)) continue;
    // Where a variable is used, its value is a list by itself.
    if (token[0] === 'function-token') return new Compiler('font-family').run(tokens);
    if (token[0] === 'delim-token' && token[1] === '!')
      return end() ? compileImportant(pieces, tokens.slice(at)) : undefined;
    if (token[0] === 'comma-token') {
      if (!end()) return undefined;
      continue;
    }
    if (isWhole) return undefined;
    if (token[0] === 'string-token' && words.length === 0) {
      words.push(token[4].value);
      isQuoted = true;
      isWhole = true;
    } else if (token[0] === 'ident-token') {
      words.push(token[4].value);
      isQuoted ||= !PLAIN_NAME.test(token[4].value);
    } else if (token[0] === 'number-token' && words.length > 0) words.push(token[1]);
    else return undefined;
  }
  return end() ? pieces : undefined;
}

function compileImportant(pieces: readonly Piece[], tokens: readonly CSSToken[]): Piece[] | undefined {
  const important = new Compiler('').run(tokens);
  return important && [...pieces, ...important];
}

/** `font`: families stand behind the size and the height of lines (CSS Fonts Level 4 §2.7). */
function compileFont(tokens: readonly CSSToken[]): Piece[] | undefined {
  let size = -1;
  for (const [at, token] of tokens.entries()) {
    if (token[0] === 'string-token' || token[0] === 'comma-token') break;
    const isSize = token[0] === 'ident-token' && SIZES.test(token[4].value.toLowerCase());
    if (isSize || /^(dimension|percentage|number)-token$/.test(token[0])) size = at;
  }
  const rest = tokens.slice(size + 1);
  if (size < 0 || rest.every((token) => isBlank(token))) return new Compiler('font').run(tokens);
  const before = new Compiler('font').run(tokens.slice(0, size + 1));
  const after = compileFamilies(rest);
  return before && after && [...before, ' ', ...after];
}
