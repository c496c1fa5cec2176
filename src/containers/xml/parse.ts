// An XML document as events, with namespaces resolved (XML 1.0; Namespaces in XML 1.0), by a parser that accepts nothing that is
// not well formed. Entities are expanded where they stand for text; nothing is ever fetched.
import type { SaxesParser } from 'saxes';
import { limitExceeded, malformed, ScrubError } from '../../core/errors.ts';
import { Entities, readDoctype } from './doctype.ts';

export const XML_NAMESPACE = 'http://www.w3.org/XML/1998/namespace';

/** Elements nest no deeper in any file that people draw; readers walk them by recursion. */
const MAX_DEPTH = 256;
/** References may expand to this many characters, and to so many more for each of the document's. */
const ENTITY_ALLOWANCE = 64 * 1024;
const ENTITY_RATIO = 8;
/** A longer document type is no document's. */
const MAX_DOCTYPE_LENGTH = 1024 * 1024;

/** A name with its namespace; '' where it is in none, undefined where its prefix is not declared. */
export interface Name {
  prefix: string;
  local: string;
  namespace: string | undefined;
}

/** What is told while a document is read. Offsets count characters. */
export interface XmlHandler {
  open(name: Name, attributes: Readonly<Record<string, string>>, start: number): void;
  close(end: number): void;
  text(text: string, start: number): void;
  /** A comment, a processing instruction, the document type, the XML declaration. */
  misc(where: string, start: number, end: number): void;
}

/** What has been read so far, for whoever handles it. */
export interface XmlScope {
  /** Resolves the name of an attribute of the element that is being opened. */
  attribute(name: string): Name;
  /** Whether an attribute declares a namespace. */
  declares(name: string): boolean;
}

/**
 * Reads a document.
 * @throws ScrubError
 */
export function parseXml(
  Parser: typeof SaxesParser,
  text: string,
  offsetOf: (at: number) => number | undefined,
  makeHandler: (scope: XmlScope) => XmlHandler,
): void {
  const parser = new Parser({ xmlns: false, position: false, defaultXMLVersion: '1.0', forceXMLVersion: true });
  const prefixes = new Map([
    ['', ''],
    ['xml', XML_NAMESPACE],
  ]);
  /** What the prefixes stood for outside of each open element. */
  const outer: ([string, string | undefined][] | undefined)[] = [];
  let defaults: ReturnType<typeof readDoctype>['defaults'] = new Map();
  let entities: Entities | undefined;
  let last = 0;

  /** Names that were met, as long as prefixes stand for the same. */
  const known = { elements: new Map<string, Name>(), attributes: new Map<string, Name>() };
  const resolve = (name: string, isAttribute: boolean): Name => {
    const names = isAttribute ? known.attributes : known.elements;
    let resolved = names.get(name);
    if (resolved === undefined) {
      const colon = name.indexOf(':');
      const prefix = colon < 0 ? '' : name.slice(0, colon);
      const namespace = isAttribute && colon < 0 ? '' : prefixes.get(prefix);
      resolved = { prefix, local: name.slice(colon + 1), namespace };
      names.set(name, resolved);
    }
    return resolved;
  };
  const bind = (prefix: string, namespace: string | undefined): void => {
    if (namespace === undefined) prefixes.delete(prefix);
    else prefixes.set(prefix, namespace);
    known.elements.clear();
    known.attributes.clear();
  };
  const handler = makeHandler({
    attribute: (name) => resolve(name, true),
    declares: (name) => name === 'xmlns' || name.startsWith('xmlns:'),
  });

  parser.on('error', (error) => {
    throw malformed(
      `The file is no well-formed XML: ${error.message}`.replace(/\.*$/, '.'),
      offsetOf(Math.min(parser.position, text.length)),
    );
  });
  const misc = (where: string): void => {
    handler.misc(where, last, parser.position);
    last = parser.position;
  };
  const declaration = /^<\?xml\s(?:[^?]|\?(?!>))*\?>/.exec(text)?.[0].length ?? 0;
  if (declaration > 0) {
    handler.misc('XML declaration', 0, declaration);
    last = declaration;
  }
  // Engines read a parser with more than seven listeners eight times as slowly: those that will hear nothing are left out.
  if (text.includes('<!DOCTYPE')) {
    parser.on('doctype', (doctype) => {
      if (doctype.length > MAX_DOCTYPE_LENGTH) throw malformed('The document type is too long.', offsetOf(last));
      const declared = readDoctype(doctype, offsetOf(last));
      defaults = declared.defaults;
      const declaredEntities = new Entities(declared.entities, ENTITY_ALLOWANCE + ENTITY_RATIO * text.length);
      for (const name of declaredEntities.names) {
        Object.defineProperty(parser.ENTITIES, name, { get: () => declaredEntities.expand(name), configurable: true });
      }
      entities = declaredEntities;
      misc('DOCTYPE');
    });
  }
  if (text.includes('<?', declaration)) {
    parser.on('processinginstruction', ({ target }) => misc(`processing instruction ${target}`));
  }
  if (text.includes('<!--')) parser.on('comment', () => misc('comment'));
  parser.on('opentag', ({ name, attributes }) => {
    if (outer.length >= MAX_DEPTH) {
      throw limitExceeded(`Elements are nested more than ${MAX_DEPTH} deep.`, offsetOf(last));
    }
    for (const [attribute, value] of defaults.get(name) ?? []) {
      entities?.spend(attribute.length + value.length);
      attributes[attribute] ??= value;
    }
    let replaced: [string, string | undefined][] | undefined;
    for (const attribute in attributes) {
      if (!attribute.startsWith('xmlns')) continue;
      if (attribute !== 'xmlns' && attribute[5] !== ':') continue;
      const prefix = attribute.slice(6);
      replaced ??= [];
      replaced.push([prefix, prefixes.get(prefix)]);
      bind(prefix, attributes[attribute] ?? '');
    }
    outer.push(replaced);
    const start = last;
    last = parser.position;
    handler.open(resolve(name, false), attributes, start);
  });
  parser.on('closetag', () => {
    last = parser.position;
    handler.close(last);
    for (const [prefix, namespace] of outer.pop()?.reverse() ?? []) bind(prefix, namespace);
  });
  const takeText = (characters: string): void => {
    handler.text(characters, last);
  };
  parser.on('text', (characters) => {
    takeText(characters);
    // The bracket of what follows is read already.
    last = parser.position - 1;
  });
  if (text.includes('<![CDATA[')) {
    parser.on('cdata', (characters) => {
      takeText(characters);
      last = parser.position;
    });
  }
  try {
    parser.write(text).close();
  } catch (error) {
    if (error instanceof ScrubError && error.offset === undefined && error.trail.includes('DOCTYPE')) {
      throw new ScrubError(error.code, error.message, { offset: offsetOf(parser.position), trail: error.trail });
    }
    throw error;
  }
}
