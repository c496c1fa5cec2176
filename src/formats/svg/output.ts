// The document as it is written: text, and names that get their short form when all that refer to them are known.

/** A name by what it names. */
export type NameKind = 'id' | 'class' | 'keyframes' | 'result';

/** What stands between two runs of text. */
export type Part =
  | { kind: 'name'; of: NameKind; name: string }
  | { kind: 'id'; attribute: string; name: string }
  | { kind: 'classes'; names: readonly string[] }
  | { kind: 'data'; bytes: Uint8Array; declared: string; where: string; text?: string }
  | { kind: 'xlink' };

/** Escapes text for an attribute or an element (Canonical XML 1.1 §2.3, but for tabs and line feeds in elements). */
export function escapeXml(text: string): string {
  if (!/[&<>"\t\n\r]/.test(text)) return text;
  return text.replace(/[&<>"\t\n\r]/g, (character) => ESCAPES[character] ?? '');
}

export function escapeText(text: string): string {
  if (!/[&<>\r]/.test(text)) return text;
  return text.replace(/[&<>\r]/g, (character) => ESCAPES[character] ?? '');
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

/** Collects the document. */
export class Output {
  readonly parts: (string | Part)[] = [];
  readonly referenced: Set<string> = new Set();
  readonly styled: Set<string> = new Set();
  usesXlink = false;
  #run = '';

  write(text: string): void {
    this.#run += text;
  }

  part(part: Part): void {
    if (this.#run !== '') this.parts.push(this.#run);
    this.#run = '';
    this.parts.push(part);
  }

  name(of: NameKind, name: string): void {
    if (of === 'id') this.referenced.add(name);
    if (of === 'class') this.styled.add(name);
    this.part({ kind: 'name', of, name });
  }

  /** All of it, with short names in order of appearance: first of what there is, then of what is only referred to. */
  finish(renamed: (part: Part, isKept: boolean) => void): string {
    if (this.#run !== '') this.parts.push(this.#run);
    const names: Record<NameKind, Names> = {
      id: new Names(),
      class: new Names(),
      keyframes: new Names(),
      result: new Names(),
    };
    for (const part of this.parts) {
      if (typeof part !== 'string' && part.kind === 'id' && this.referenced.has(part.name)) names.id.of(part.name);
    }
    let text = '';
    for (const part of this.parts) {
      if (typeof part === 'string') text += part;
      else if (part.kind === 'name') text += names[part.of].of(part.name);
      else if (part.kind === 'data') text += part.text ?? '';
      else if (part.kind === 'xlink') text += this.usesXlink ? ' xmlns:xlink="http://www.w3.org/1999/xlink"' : '';
      else if (part.kind === 'id') {
        const isKept = this.referenced.has(part.name);
        if (isKept) text += ` ${part.attribute}="${names.id.of(part.name)}"`;
        if (!isKept || names.id.of(part.name) !== part.name) renamed(part, isKept);
      } else {
        const kept = part.names.filter((name) => this.styled.has(name));
        const short = kept.map((name) => names.class.of(name));
        if (short.length > 0) text += ` class="${short.join(' ')}"`;
        if (short.join(' ') !== part.names.join(' ')) renamed(part, short.length > 0);
      }
    }
    return text;
  }
}

/** Short names: a, b, …, z, aa, ab, … */
class Names {
  readonly #names: Map<string, string> = new Map();

  of(name: string): string {
    let short = this.#names.get(name);
    if (short === undefined) {
      short = '';
      for (let index = this.#names.size + 1; index > 0; index = Math.floor((index - 1) / 26)) {
        short = String.fromCharCode(97 + ((index - 1) % 26)) + short;
      }
      this.#names.set(name, short);
    }
    return short;
  }
}
