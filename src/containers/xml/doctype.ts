// The internal subset of a document type: entities and default attributes (XML 1.0 §2.8, §3.3.2, §4.2).
import { malformed, unsupported } from '../../core/errors.ts';

/** What a document type declares that shows in the document. */
export interface Doctype {
  /** Replacement texts by name; undefined for what stands in another file. */
  entities: ReadonlyMap<string, string | undefined>;
  /** Values of attributes that an element lacks, by the element's name. */
  defaults: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

const LITERAL = `"[^"]*"|'[^']*'`;
const NAME = '[^\\s"\'<>&%;()|,*+?\\[\\]]+';
/** Longer declarations of attributes than any real file has would take long to read. */
const MAX_ATTLIST_LENGTH = 4096;
const TOKEN = new RegExp(
  [
    '<!--[\\s\\S]*?-->',
    '<\\?[\\s\\S]*?\\?>',
    `<!ENTITY\\s+(%\\s+)?(${NAME})\\s+(?:((?:SYSTEM|PUBLIC)\\b)[^"'>]*(?:(?:${LITERAL})[^"'>]*)*|(${LITERAL})\\s*)>`,
    `<!ATTLIST\\s+(${NAME})((?:${LITERAL}|[^"'>])*)>`,
    `<!(?:ELEMENT|NOTATION)(?:${LITERAL}|[^"'>])*>`,
    '\\s+',
    '%[^;\\s]*;',
  ].join('|'),
  'y',
);
const ATTRIBUTE = new RegExp(
  `(?<=^|\\s)(${NAME})\\s+(?:${NAME}(?:\\s*\\([^)]*\\))?|\\([^)]*\\))\\s+(?:#REQUIRED|#IMPLIED|(?:#FIXED\\s+)?(${LITERAL}))`,
  'g',
);

/**
 * Reads what follows `<!DOCTYPE`.
 * @throws ScrubError
 */
export function readDoctype(text: string, offset?: number): Doctype {
  const entities = new Map<string, string | undefined>();
  const defaults = new Map<string, Map<string, string>>();
  const head = /^(?:[^["']|"[^"]*"|'[^']*')*/.exec(text)?.[0].length ?? 0;
  let at = head + 1;
  const end = text.lastIndexOf(']');
  while (at < end) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(text);
    if (match === null) throw malformed('The document type can not be read.', offset, 'DOCTYPE');
    if (match[0].startsWith('%')) {
      throw unsupported('The document type is made up of parameter entities.', offset, 'DOCTYPE');
    }
    const [, parameter, name, external, definition, element, attributes] = match;
    if (name !== undefined && parameter === undefined && !entities.has(name)) {
      entities.set(name, external === undefined ? literal(definition ?? '') : undefined);
    }
    if (element !== undefined) addDefaults(defaults, element, attributes ?? '');
    at += match[0].length;
  }
  return { entities, defaults };
}

function addDefaults(defaults: Map<string, Map<string, string>>, element: string, text: string): void {
  if (text.length > MAX_ATTLIST_LENGTH) throw malformed('A list of attributes is too long.', undefined, 'DOCTYPE');
  const values = defaults.get(element) ?? new Map<string, string>();
  for (const [, name = '', value] of text.matchAll(ATTRIBUTE)) {
    if (value !== undefined && !values.has(name)) values.set(name, literal(value));
  }
  if (values.size > 0) defaults.set(element, values);
}

/** A quoted literal's text with its character references resolved (§4.4.5). */
function literal(quoted: string): string {
  return resolveCharacters(
    quoted
      .trim()
      .slice(1, -1)
      .replace(/[\t\n\r]/g, ' '),
  );
}

function resolveCharacters(text: string): string {
  return text.replace(/&#(?:x([0-9a-fA-F]+)|([0-9]+));/g, (_, hex?: string, decimal?: string) => {
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    return isCharacter(code) ? String.fromCodePoint(code) : '\0';
  });
}

/** XML 1.0 §2.2, production 2. */
function isCharacter(code: number): boolean {
  if (code < 0x20) return code === 9 || code === 10 || code === 13;
  return code <= 0xd7ff || (code >= 0xe000 && code <= 0xfffd) || (code >= 0x10000 && code <= 0x10ffff);
}

/** References in references to entities go no deeper in any real file. */
const MAX_ENTITY_DEPTH = 8;
const PREDEFINED: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
]);

/** Expands references to declared entities, which hold text alone, as far as a budget goes. */
export class Entities {
  readonly #declared: ReadonlyMap<string, string | undefined>;
  readonly #expanded: Map<string, string> = new Map();
  #budget: number;

  /** @param budget how many characters all references together may expand to */
  constructor(declared: Doctype['entities'], budget: number) {
    this.#declared = declared;
    this.#budget = budget;
  }

  /** Names that are declared and not predefined. */
  get names(): string[] {
    return [...this.#declared.keys()].filter((name) => !PREDEFINED.has(name));
  }

  /**
   * What a reference stands for.
   * @throws ScrubError
   */
  expand(name: string): string {
    const text = this.#resolve(name, 0);
    this.spend(text.length);
    return text;
  }

  #resolve(name: string, depth: number): string {
    const known = this.#expanded.get(name);
    if (known !== undefined) return known;
    const text = this.#declared.get(name);
    if (text === undefined) {
      throw unsupported(
        'The document refers to an entity in another file. Save it without a document type.',
        undefined,
        'DOCTYPE',
      );
    }
    if (depth > MAX_ENTITY_DEPTH) throw malformed('Entities refer to each other too deep.', undefined, 'DOCTYPE');
    if (text.includes('<')) {
      throw unsupported('An entity stands for elements. Save the file without a document type.', undefined, 'DOCTYPE');
    }
    if (text.includes('\0')) throw malformed('An entity holds what is no character.', undefined, 'DOCTYPE');
    const resolved = resolveCharacters(text).replace(/&([^;&]*);|&/g, (_, inner?: string) => {
      if (inner === undefined) throw malformed('An entity can not be read.', undefined, 'DOCTYPE');
      const predefined = PREDEFINED.get(inner);
      const value = predefined ?? this.#resolve(inner, depth + 1);
      this.spend(value.length);
      return value;
    });
    if (resolved.includes('\0')) throw malformed('An entity holds what is no character.', undefined, 'DOCTYPE');
    this.#expanded.set(name, resolved);
    return resolved;
  }

  /**
   * Counts characters that the document type puts into the document.
   * @throws ScrubError
   */
  spend(length: number): void {
    this.#budget -= length;
    if (this.#budget < 0)
      throw malformed('The document type expands to far more than the file holds.', undefined, 'DOCTYPE');
  }
}
