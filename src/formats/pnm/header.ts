// Headers of portable maps, as words between space and comments, and how they are written.
import type { Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';

/** A header that was read. */
export interface Header {
  /** `P1` to `P7`, `PF`, `Pf`; `P7 332` for a thumbnail of XV. */
  magic: string;
  width: number;
  height: number;
  /** Samples a pixel. */
  depth: number;
  /** The largest sample. */
  maximum: number;
  /** Where the samples begin. */
  end: number;
  /** What is written for it. */
  text: string;
  /** How many bytes of it are comments. */
  commentBytes: number;
  /** The first comment. */
  comment: string;
}

/** Why there is no header, and where. */
export interface Problem {
  problem: string;
  at: number;
}

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const HASH = 0x23;
/** What XV looks for in front of the size of a thumbnail. */
const END_OF_COMMENTS = '#END_OF_COMMENTS';
const MAX_WORD_LENGTH = 64;
const MAX_COMMENT_LENGTH = 200;
const MAX_SAMPLE = 65535;
const MAX_SIZE = 0x7fffffff;

/** Tuple types whose meaning is known (pam, "TUPLTYPE"); another is free text. */
const tupleTypes = ['BLACKANDWHITE', 'GRAYSCALE', 'RGB', 'CMYK'].flatMap((type) => [type, `${type}_ALPHA`, `${type}A`]);

/** Reads the header at `start`. */
export function* readHeader(window: Window, start: number): Walk<Header | Problem> {
  const words = new Words(window, start);
  const magic = yield* words.take(2);
  if (!/^P[1-7Ff]$/.test(magic)) return words.fail('It does not begin with the letter and number of a portable map.');
  if (magic === 'P7') return yield* readArbitrary(words);
  const width = toNumber(yield* words.next(), MAX_SIZE);
  const height = toNumber(yield* words.next(), MAX_SIZE);
  const depth = magic === 'P3' || magic === 'P6' || magic === 'PF' ? 3 : 1;
  let maximum = 1;
  let text = `${magic}\n${width} ${height}\n`;
  if (magic === 'PF' || magic === 'Pf') {
    const scale = yield* words.next();
    if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(scale)) return words.fail('The scale is no number.');
    const value = Number(scale);
    if (value === 0 || !Number.isFinite(value)) return words.fail('The scale is no number that samples can have.');
    text += `${value}\n`;
  } else if (magic !== 'P1' && magic !== 'P4') {
    maximum = toNumber(yield* words.next(), MAX_SAMPLE);
    text += `${maximum}\n`;
  }
  return yield* words.finish({ magic, width, height, depth, maximum, text });
}

/** Reads what follows P7: keywords of a PAM header, or the numbers of a thumbnail. */
function* readArbitrary(words: Words): Walk<Header | Problem> {
  let word = yield* words.next();
  if (word === '332') {
    const width = toNumber(yield* words.next(), MAX_SIZE);
    const height = toNumber(yield* words.next(), MAX_SIZE);
    const maximum = toNumber(yield* words.next(), 255);
    words.commentBytes = Math.max(0, words.commentBytes - END_OF_COMMENTS.length);
    const text = `P7 332\n${END_OF_COMMENTS}\n${width} ${height} ${maximum}\n`;
    return yield* words.finish({ magic: 'P7 332', width, height, depth: 1, maximum, text });
  }
  const values = new Map<string, number>();
  const tuple: string[] = [];
  for (; word !== 'ENDHDR'; word = yield* words.next()) {
    if (word === 'TUPLTYPE') tuple.push(...(yield* words.line()));
    else if (['WIDTH', 'HEIGHT', 'DEPTH', 'MAXVAL'].includes(word)) {
      values.set(word, toNumber(yield* words.next(), word === 'MAXVAL' ? MAX_SAMPLE : MAX_SIZE));
    } else return words.fail('Its header has a word that is no keyword.');
  }
  const [width = 0, height = 0, depth = 0, maximum = 0] = ['WIDTH', 'HEIGHT', 'DEPTH', 'MAXVAL'].map((name) =>
    values.get(name),
  );
  const type = tuple.join(' ');
  const typeLine = tupleTypes.includes(type) ? `TUPLTYPE ${type}\n` : '';
  if (typeLine === '') words.commentBytes += type.length;
  const text = `P7\nWIDTH ${width}\nHEIGHT ${height}\nDEPTH ${depth}\nMAXVAL ${maximum}\n${typeLine}ENDHDR\n`;
  return yield* words.finish({ magic: 'P7', width, height, depth, maximum, text });
}

/** A whole number of digits alone, from 1 to `most`; else 0, which no header has. */
function toNumber(word: string, most: number): number {
  const value = /^\d+$/.test(word) ? Number(word) : 0;
  return value <= most ? value : 0;
}

/** The words of a header, one after the other. */
class Words {
  commentBytes = 0;
  #comment = '';
  #at: number;
  readonly #window: Window;

  constructor(window: Window, start: number) {
    this.#window = window;
    this.#at = start;
  }

  fail(problem: string): Problem {
    return { problem, at: this.#at };
  }

  /** The byte that comes next, -1 at the end of the file. */
  *#peek(): Walk<number> {
    const window = this.#window;
    if (!window.has(this.#at, 1)) yield window.want(this.#at, 1);
    return window.has(this.#at, 1) ? window.u8(this.#at) : -1;
  }

  /** Takes so many characters as they are. */
  *take(count: number): Walk<string> {
    let text = '';
    for (; text.length < count; this.#at++) {
      const code = yield* this.#peek();
      if (code < 0) break;
      text += String.fromCharCode(code);
    }
    return text;
  }

  /** The next word behind space and comments; nothing at the end, or where it is longer than words are. */
  *next(): Walk<string> {
    for (;;) {
      const code = yield* this.#peek();
      if (code === HASH) yield* this.#skipComment();
      else if (isSpace(code)) this.#at++;
      else break;
    }
    let word = '';
    for (;;) {
      const code = yield* this.#peek();
      if (code < 0 || isSpace(code) || code === HASH || word.length > MAX_WORD_LENGTH) return word;
      word += String.fromCharCode(code);
      this.#at++;
    }
  }

  /** The words up to the end of the line. */
  *line(): Walk<string[]> {
    const words: string[] = [];
    for (;;) {
      const code = yield* this.#peek();
      if (code < 0 || code === LINE_FEED || words.length > MAX_WORD_LENGTH) return words;
      if (isSpace(code)) this.#at++;
      else if (code === HASH) return words;
      else words.push(yield* this.next());
    }
  }

  *#skipComment(): Walk {
    const start = this.#at;
    let text = '';
    for (;;) {
      const code = yield* this.#peek();
      if (code < 0 || code === LINE_FEED || code === CARRIAGE_RETURN) break;
      if (text.length < MAX_COMMENT_LENGTH) text += String.fromCharCode(code);
      this.#at++;
    }
    this.commentBytes += this.#at - start;
    if (this.#comment === '') this.#comment = text.slice(1);
  }

  /** Ends the header with the one space, or the comment, behind its last word. */
  *finish(header: Omit<Header, 'end' | 'comment' | 'commentBytes'>): Walk<Header | Problem> {
    const { width, height, depth, maximum } = header;
    if (width === 0 || height === 0 || depth === 0 || maximum === 0) {
      return this.fail('Its header lacks a number, or has one that it can not be.');
    }
    if ((yield* this.#peek()) === HASH) yield* this.#skipComment();
    if (!isSpace(yield* this.#peek())) return this.fail('Its header does not end with a space.');
    this.#at++;
    return { ...header, end: this.#at, comment: this.#comment, commentBytes: this.commentBytes };
  }
}

/** Blanks, tabs and ends of lines. */
export function isSpace(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= CARRIAGE_RETURN);
}
