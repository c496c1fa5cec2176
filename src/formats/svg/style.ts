// Style sheets, style attributes and presentation attributes: comments and unknown properties go, names become short, what is
// referred to is looked at.
import type { CSSToken, tokenize } from '@csstools/css-tokenizer';
import { CssParser, type Declaration, grouping, isBlank, type Rule } from '../../containers/css/parse.ts';
import { limitExceeded, unsupported } from '../../core/errors.ts';
import type { Links, Notes } from './links.ts';
import type { Output } from './output.ts';
import { properties } from './policy.ts';
import { Selectors } from './selectors.ts';
import { compile, type Piece, writePieces } from './values.ts';
import type { Variables } from './variables.ts';
import { commonFamilies, isKnownValue, spaced, units, vocabulary } from './vocabulary.ts';

/** Values that are not repeated are not worth remembering, nor are long ones. */
const MAX_KNOWN = 4096;
const MAX_KNOWN_LENGTH = 200;
/** Properties whose values hold names: their words are not looked up. */
const NAMING = /^(font|font-family|unicode-range|src|(-webkit-)?(animation|transition).*|will-change|--.*)$/;
/** For printed pages, or the window of a browser that is gone: nothing is drawn by them. */
const idle: ReadonlySet<string> = new Set(['charset', 'page', 'viewport', '-ms-viewport', '-o-viewport']);
const FRAME = /^(from|to|[\d.]+%)$/i;

/** Writes styles. */
export class Styles {
  readonly #tokenize: typeof tokenize;
  readonly #notes: Notes;
  readonly #links: Links;
  readonly #output: Output;
  readonly #animates: boolean;
  readonly #variables: Variables;
  readonly #selectors: Selectors = new Selectors();
  readonly #known: Map<string, Piece[] | undefined> = new Map();

  constructor(tokenizer: typeof tokenize, variables: Variables, notes: Notes, links: Links, output: Output) {
    this.#variables = variables;
    this.#tokenize = tokenizer;
    this.#notes = notes;
    this.#links = links;
    this.#output = output;
    this.#animates = notes.context.keeps('animation');
  }

  /** Selectors tell elements apart by their place among others. */
  get isStructural(): boolean {
    return this.#selectors.isStructural;
  }

  /** Writes a presentation attribute, or what an animation sets it to; false: no viewer knows the value. */
  presentation(attribute: string, property: string, text: string): boolean {
    if (!NAMING.test(property) && isKnownValue(text)) {
      this.#output.write(` ${attribute}="${spaced(text)}"`);
      return true;
    }
    const pieces = this.#remember(`${property} ${text}`, text, () => compile(property, this.#tokens(text)));
    if (pieces === undefined) return false;
    this.#variables.note(property, pieces);
    this.#output.write(` ${attribute}="`);
    writePieces(pieces, this.#output, this.#links);
    this.#output.write('"');
    return true;
  }

  /** Notes that the document brings fonts along. */
  declareFonts(family: string): void {
    this.#declareFonts(compile('font-family', this.#tokens(family)) ?? []);
  }

  /** Writes what a style attribute says that is kept, if anything. */
  attribute(text: string): void {
    const pieces = this.#remember(`{${text}`, text, () => {
      // Rules in it are read by no viewer.
      const items = new CssParser(this.#tokens(text)).declarations().filter((item) => !('prelude' in item));
      const kept = this.#declarations(items, false);
      return kept.length === 0 ? undefined : kept;
    });
    if (pieces === undefined) return;
    this.#output.write(' style="');
    writePieces(pieces, this.#output, this.#links);
    this.#output.write('"');
  }

  /** Writes a style sheet. */
  sheet(text: string): void {
    for (const rule of new CssParser(this.#tokens(text)).rules()) this.#rule(rule);
  }

  /** Writes a media query, or a condition on what is supported. */
  conditions(tokens: readonly CSSToken[]): void {
    this.#output.write(
      tokens
        .map((token) => {
          if (isBlank(token)) return ' ';
          const [type, raw] = token;
          const word = type === 'ident-token' || type === 'function-token' ? token[4].value.toLowerCase() : undefined;
          const isKnown =
            word === undefined
              ? type === 'dimension-token'
                ? units.has(token[4].unit.toLowerCase())
                : /^([(),:]|number|percentage|delim|colon|comma)/.test(type)
              : vocabulary.has(word) || properties.has(word);
          if (!isKnown || /[^\w.+\-%(),:<>=/]/.test(raw)) {
            throw unsupported('A style sheet is for viewers of an unknown kind.', undefined, 'style');
          }
          return raw.replace('<', '&lt;').replace('>', '&gt;');
        })
        .join(''),
    );
  }

  /** Tokens of a text, without what marks their end. */
  #tokens(text: string): CSSToken[] {
    try {
      return this.#tokenize({ css: text }).slice(0, -1);
    } catch (error) {
      // Names of a hundred thousand letters are more than it takes.
      if (error instanceof RangeError) throw limitExceeded('A style holds too long a name.', undefined, 'style');
      throw error;
    }
  }

  #remember(key: string, text: string, make: () => Piece[] | undefined): Piece[] | undefined {
    if (text.length > MAX_KNOWN_LENGTH) return make();
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const made = make();
    if (this.#known.size < MAX_KNOWN) this.#known.set(key, made);
    return made;
  }

  #rule({ at, prelude, block }: Rule): void {
    const output = this.#output;
    if (at === 'import') this.#links.refuseSheet();
    else if (at === 'namespace') refuseOtherNamespace(prelude);
    else if (at === 'font-face') this.#block('@font-face', block ?? [], true);
    else if (/^(-webkit-|-moz-|-o-)?keyframes$/.test(at)) this.#keyframes(at, prelude, block ?? []);
    else if (grouping.has(at)) {
      output.write(`@${at} `);
      this.conditions(prelude);
      output.write('{');
      for (const inner of block ?? []) if ('prelude' in inner) this.#rule(inner);
      output.write('}');
    } else if (idle.has(at)) this.#notes.removed('structure', `@${at}`, at.length);
    else if (at !== '') {
      throw unsupported(`A style sheet has a rule @${at.slice(0, 30)}, which can't be cleaned.`, undefined, 'style');
    } else {
      const pieces = this.#selectors.compile(prelude);
      if (pieces === undefined) {
        this.#notes.removed('other', 'rule that selects nothing', prelude.length);
        return;
      }
      for (const piece of pieces) {
        if (typeof piece === 'string') output.write(piece.replace('>', '&gt;'));
        else output.name(piece.of, piece.name);
      }
      this.#block('', block ?? [], false);
    }
  }

  #block(lead: string, items: readonly (Declaration | Rule)[], isFont: boolean): void {
    const pieces = this.#declarations(items, isFont);
    this.#output.write(`${lead}{`);
    writePieces(pieces, this.#output, this.#links);
    this.#output.write('}');
  }

  #keyframes(at: string, prelude: readonly CSSToken[], block: readonly (Declaration | Rule)[]): void {
    if (!this.#animates) {
      this.#notes.removed('other', `@${at}`, at.length);
      return;
    }
    const [name, ...rest] = prelude;
    if (rest.length > 0 || (name?.[0] !== 'ident-token' && name?.[0] !== 'string-token')) {
      throw unsupported('Keyframes have no plain name.', undefined, 'style');
    }
    const output = this.#output;
    output.write(`@${at} `);
    output.name('keyframes', name[4].value);
    output.write('{');
    for (const frame of block) {
      if (!('prelude' in frame) || frame.at !== '') continue;
      const offsets = frame.prelude.filter((token) => !isBlank(token)).map(([, raw]) => raw);
      if (!offsets.every((raw, index) => (index % 2 === 0 ? FRAME.test(raw) : raw === ','))) continue;
      this.#block(offsets.join(''), frame.block ?? [], false);
    }
    output.write('}');
  }

  /** What is kept of declarations. */
  #declarations(items: readonly (Declaration | Rule)[], isFont: boolean): Piece[] {
    const kept: Piece[] = [];
    for (const item of items) {
      if ('prelude' in item) {
        throw unsupported("A style sheet has rules inside of rules, which can't be cleaned.", undefined, 'style');
      }
      const { name, value } = item;
      const isVariable = name.startsWith('--');
      const isMotion = /^(-webkit-)?(animation|transition)/.test(name);
      const isUsed = isVariable && this.#variables.keeps(name);
      const isKept = (isUsed || properties.has(name)) && (this.#animates || !isMotion);
      const isEnded = value.some(([type]) => type === 'semicolon-token');
      const pieces = isKept && !isEnded ? compile(name, value) : undefined;
      if (isKept) this.#variables.note(name, pieces);
      if (pieces === undefined) {
        this.#notes.removed('other', isVariable ? 'variable' : `property ${name.slice(0, 60)}`, name.length);
        continue;
      }
      if (isFont && name === 'font-family') this.#declareFonts(pieces);
      if (kept.length > 0) kept.push(';');
      if (isVariable) kept.push('--', { kind: 'name', of: 'property', name });
      else kept.push(name);
      kept.push(':');
      for (const piece of pieces) kept.push(piece);
    }
    return kept;
  }

  #declareFonts(pieces: readonly Piece[]): void {
    for (const piece of pieces) {
      if (typeof piece === 'string' || piece.kind !== 'font') continue;
      const name = piece.name.toLowerCase();
      if (!commonFamilies.has(name)) this.#output.fonts.add(name);
    }
  }
}

/** The namespace of SVG is that of all elements there are. */
function refuseOtherNamespace(prelude: readonly CSSToken[]): void {
  const [token, ...rest] = prelude.filter((token) => !isBlank(token));
  const isPlain = token?.[0] === 'string-token' || token?.[0] === 'url-token';
  if (rest.length > 0 || !isPlain || token[4].value !== 'http://www.w3.org/2000/svg') {
    throw unsupported('A style sheet names elements by namespaces.', undefined, 'style');
  }
}
