// The document as it is written: text, and names that get their short form when all that refer to them are known.

/** A name by what it names. */
export type NameKind = 'id' | 'class' | 'keyframes' | 'result' | 'property' | 'glyph';

/** What stands between two runs of text. */
export type Part =
  | { kind: 'name'; of: NameKind; name: string }
  | { kind: 'declared'; of: 'id' | 'glyph'; attribute: string; name: string }
  | { kind: 'classes'; names: readonly string[] }
  | { kind: 'font'; name: string; isQuoted: boolean }
  | { kind: 'data'; bytes: Uint8Array; fragment: string; where: string; text?: string }
  | { kind: 'xlink' };

/** Told of names that are left out, or become short. */
export type NoteName = (where: string, name: string, isKept: boolean) => void;

/** Escapes text for an attribute (Canonical XML 1.1 §2.3). */
export function escapeXml(text: string): string {
  if (!/[&<>"\t\n\r]/.test(text)) return text;
  return text.replace(/[&<>"\t\n\r]/g, (character) => ESCAPES[character] ?? '');
}

/** Escapes text for an element. */
export function escapeText(text: string): string {
  if (!/[&<>\r]/.test(text)) return text;
  return text.replace(/[&<>\r]/g, (character) => ESCAPES[character] ?? '');
}

/** A string of CSS. */
export function cssString(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&').replace(/[\n\r\f]/g, (character) => `\\${character.charCodeAt(0).toString(16)} `)}'`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#x9;',
  '\n': '&#xA;',
  '\r': '&#xD;',
};

/** Text is collected in runs of this length, which are neither many nor made of many. */
const RUN_LENGTH = 4096;

/** Collects the document. */
export class Output {
  readonly parts: (string | Part)[] = [];
  /** Names that something refers to. */
  readonly referenced: Readonly<Record<'id' | 'class' | 'glyph', Set<string>>> = {
    id: new Set(),
    class: new Set(),
    glyph: new Set(),
  };
  /** Lower-case names of the fonts that the document brings along. */
  readonly fonts: Set<string> = new Set();
  usesXlink = false;
  #run = '';

  write(text: string): void {
    this.#run += text;
    if (this.#run.length > RUN_LENGTH) this.#flush();
  }

  #flush(): void {
    if (this.#run !== '') this.parts.push(this.#run);
    this.#run = '';
  }

  part(part: Part): void {
    this.#flush();
    this.parts.push(part);
  }

  /** Writes `lead` and then `content`, if that is anything; whether it was. */
  lead(lead: string, content: () => void): boolean {
    this.#flush();
    const { length } = this.parts;
    this.#run = lead;
    content();
    if (this.parts.length > length || this.#run !== lead) return true;
    this.#run = '';
    return false;
  }

  /** Writes a name of what is named elsewhere. */
  name(of: NameKind, name: string): void {
    if (of === 'id' || of === 'class' || of === 'glyph') this.referenced[of].add(name);
    this.part({ kind: 'name', of, name });
  }

  /** All of it, with short names in order of appearance: first of what there is, then of what is only referred to. */
  finish(note: NoteName): string {
    this.#flush();
    const names: Record<NameKind, Names> = {
      id: new Names(),
      class: new Names(),
      keyframes: new Names(),
      result: new Names(),
      property: new Names(),
      glyph: new Names(),
    };
    const installed = new Set<string>();
    for (const part of this.parts) {
      if (typeof part === 'string') continue;
      if (part.kind === 'declared' && this.referenced[part.of].has(part.name)) names[part.of].of(part.name);
      if (part.kind === 'font' && !this.#isBroughtAlong(part.name)) installed.add(part.name.toLowerCase());
    }
    const fonts = new Names(installed);
    return this.parts
      .map((part) => {
        if (typeof part === 'string') return part;
        switch (part.kind) {
          case 'name':
            return names[part.of].of(part.name);
          case 'font':
            return this.#font(part, fonts);
          case 'data':
            return part.text ?? '';
          case 'xlink':
            return this.usesXlink ? ' xmlns:xlink="http://www.w3.org/1999/xlink"' : '';
          case 'declared': {
            const short = this.referenced[part.of].has(part.name) ? names[part.of].of(part.name) : undefined;
            if (short !== part.name) note(part.attribute, part.name, short !== undefined);
            return short === undefined ? '' : ` ${part.attribute}="${short}"`;
          }
          default:
            return this.#classes(part.names, names.class, note);
        }
      })
      .join('');
  }

  #classes(all: readonly string[], names: Names, note: NoteName): string {
    const short = all.filter((name) => this.referenced.class.has(name)).map((name) => names.of(name));
    if (short.join(' ') !== all.join(' ')) note('class', all.join(' '), short.length > 0);
    return short.length > 0 ? ` class="${short.join(' ')}"` : '';
  }

  #isBroughtAlong(name: string): boolean {
    return this.fonts.has(name.toLowerCase());
  }

  #font({ name, isQuoted }: Part & { kind: 'font' }, fonts: Names): string {
    const written = this.#isBroughtAlong(name) ? fonts.of(name.toLowerCase()) : name;
    return escapeXml(isQuoted ? cssString(written) : written);
  }
}

/** Short names: a, b, …, z, aa, ab, … */
class Names {
  readonly #names: Map<string, string> = new Map();
  readonly #taken: ReadonlySet<string>;
  #count = 0;

  /** @param taken names that are not given, because they mean something already */
  constructor(taken: ReadonlySet<string> = new Set()) {
    this.#taken = taken;
  }

  of(name: string): string {
    let short = this.#names.get(name);
    while (short === undefined || this.#taken.has(short)) {
      short = '';
      for (let index = ++this.#count; index > 0; index = Math.floor((index - 1) / 26)) {
        short = String.fromCharCode(97 + ((index - 1) % 26)) + short;
      }
      this.#names.set(name, short);
    }
    return short;
  }
}
