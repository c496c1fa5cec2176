// Attributes as they come: each is read by its own grammar, so that nothing but what a viewer reads is carried over.
import { printable } from '../../bytes/printable.ts';
import type { XmlScope } from '../../containers/xml/parse.ts';
import { XML_NAMESPACE } from '../../containers/xml/parse.ts';
import { malformed, unsupported } from '../../core/errors.ts';
import type { Links, Notes } from './links.ts';
import { escapeXml, type Output } from './output.ts';
import { animating, attributeUse, kindOf, SVG_NAMESPACE, XHTML_NAMESPACE, XLINK_NAMESPACE } from './policy.ts';
import type { Styles } from './style.ts';
import { fontFormats, isKnownValue, readablePath, readablePoints, spaced } from './vocabulary.ts';

const MATHML_NAMESPACE = 'http://www.w3.org/1998/Math/MathML';
/** RFC 5646 without extensions and private use. */
const LANGUAGE = /^[a-z]{2,3}(-[a-z]{4})?(-([a-z]{2}|\d{3}))?$/i;
const FEATURE =
  /^(http:\/\/(www\.)?w3\.org\/(TR\/SVG11|Graphics\/SVG)\/feature(\/1\.2\/)?#|org\.w3c\.(svg|dom\.svg))[A-Za-z.-]*$/;
/** Inputs of filters that are no results of others (SVG 1.1 §15.7.2). */
const INPUT = /^(SourceGraphic|SourceAlpha|BackgroundImage|BackgroundAlpha|FillPaint|StrokePaint)?$/;
/** Offsets and events of SMIL 3.0 §5.4.5, behind the name of an element. */
const OFFSET = /^[+-]?\s*[\d.:]+(h|min|s|ms)?$/;
const EVENT =
  /^(begin|end|repeat|click|dblclick|mouse(down|up|over|out|move|enter|leave)|focus|blur|focus(in|out)|activate|load|DOM(Activate|FocusIn|FocusOut)|(begin|end|repeat)Event|repeat\(\d+\)|touch(start|end)|pointer(down|up|over|out|enter|leave))\s*([+-]\s*[\d.:]+(h|min|s|ms)?)?$/;
/** A font says what it stands for in as many characters, or ranges of them. */
const MAX_CHARACTERS = 16;
const FONTS = /^(glyph|missing-glyph|hkern|vkern)$/;

/** The attributes of an element. */
export type XmlAttributes = Readonly<Record<string, string>>;

/** Whether an element asks for what no viewer but one editor has (SVG 1.1 §5.8.4). */
export function isNeverShown({ requiredExtensions }: XmlAttributes): boolean {
  const asked = requiredExtensions?.split(/\s+/) ?? [];
  return asked.some((uri) => uri !== '' && uri !== XHTML_NAMESPACE && uri !== MATHML_NAMESPACE);
}

/** Writes the attributes of elements that are kept. */
export class Attributes {
  readonly #scope: XmlScope;
  readonly #notes: Notes;
  readonly #links: Links;
  readonly #styles: Styles;
  readonly #output: Output;
  readonly #keepsTitles: boolean;

  constructor(scope: XmlScope, notes: Notes, links: Links, styles: Styles, output: Output) {
    this.#scope = scope;
    this.#notes = notes;
    this.#links = links;
    this.#styles = styles;
    this.#output = output;
    this.#keepsTitles = notes.context.keeps('title');
  }

  /** Writes what is kept of an element's attributes; `start` counts characters. */
  write(element: string, attributes: XmlAttributes, start: number): void {
    /** Two prefixes may stand for one namespace. */
    let xlinks: Set<string> | undefined;
    for (const key in attributes) {
      const value = attributes[key] ?? '';
      const { prefix, local, namespace } = this.#scope.attribute(key);
      if (this.#scope.declares(key)) {
        if (value !== SVG_NAMESPACE && value !== XLINK_NAMESPACE) this.#removed('software', key, value);
      } else if (namespace === '') {
        if (!this.#write(element, local, value, attributes, start)) this.#removed(kindOf('', local), local, value);
      } else if (namespace === XLINK_NAMESPACE || (namespace === undefined && prefix === 'xlink')) {
        xlinks ??= new Set();
        if (xlinks.has(local)) {
          throw malformed('An element has the same attribute twice.', this.#notes.offsetOf(start), `xlink:${local}`);
        }
        xlinks.add(local);
        if (!this.#writeXlink(element, local, value)) this.#removed('structure', key, value);
      } else if (namespace !== XML_NAMESPACE || !this.#writeXml(local, value)) {
        this.#removed(kindOf(namespace, local), key, value);
      }
    }
  }

  #writeXlink(element: string, local: string, value: string): boolean {
    if (local === 'title' && this.#keepsTitles) {
      this.#output.usesXlink = true;
      return this.#escaped('xlink:title', value);
    }
    // What else there is says how links are shown, which viewers decide.
    if (local !== 'href') return false;
    if (this.#links.write(value, element, ' xlink:href="')) {
      this.#output.write('"');
      this.#output.usesXlink = true;
    }
    return true;
  }

  #writeXml(local: string, value: string): boolean {
    if (local === 'id') this.#output.part({ kind: 'declared', of: 'id', attribute: 'xml:id', name: value });
    else if (local === 'space' && (value === 'preserve' || value === 'default')) this.#plain('xml:space', value);
    else if (local === 'lang' && (value === '' || LANGUAGE.test(value))) this.#plain('xml:lang', value);
    else return false;
    return true;
  }

  /** Writes an attribute in no namespace; false: it is left out. */
  #write(element: string, local: string, value: string, attributes: XmlAttributes, start: number): boolean {
    const output = this.#output;
    switch (attributeUse(local)) {
      case 'css':
        if (element === 'font-face' && local === 'font-family') this.#styles.declareFonts(value);
        return this.#styles.presentation(local, local, value);
      case 'plain':
        if (element === 'style') return this.#sheetAttribute(local, value, start);
        return isKnownValue(value) && this.#plain(local, value);
      case 'path':
        return this.#plain(local, readablePath(value), value);
      case 'points':
        return this.#plain(local, readablePoints(value), value);
      case 'animated':
        // Elsewhere `values` are the numbers of a colour matrix.
        if (animating.has(element)) return this.#animated(local, value, attributes.attributeName ?? '');
        return isKnownValue(value) && this.#plain(local, value);
      case 'attribute name':
        return animating.has(element) && this.#plain(local, value);
      case 'id':
        output.part({ kind: 'declared', of: 'id', attribute: 'id', name: value });
        return true;
      case 'class':
        output.part({ kind: 'classes', names: value.split(/\s+/).filter((name) => name !== '') });
        return true;
      case 'style':
        this.#styles.attribute(value);
        return true;
      case 'href':
        if (this.#links.write(value, element, ' href="')) output.write('"');
        return true;
      case 'timing':
        if (!animating.has(element)) return false;
        this.#timing(local, value, start);
        return true;
      case 'result':
        this.#result(local, value.trim());
        return true;
      case 'glyph':
        if (!FONTS.test(element)) return false;
        output.part({ kind: 'declared', of: 'glyph', attribute: local, name: value.trim() });
        return true;
      case 'glyphs':
        if (!FONTS.test(element)) return false;
        this.#glyphs(local, value);
        return true;
      case 'characters':
        if (!FONTS.test(element)) return false;
        return [...value.slice(0, 2 * MAX_CHARACTERS + 1)].length <= MAX_CHARACTERS && this.#escaped(local, value);
      case 'language':
        // None is another than no attribute: then the element is never shown.
        return this.#plain(
          local,
          value
            .split(',')
            .map((tag) => tag.trim())
            .filter((tag) => LANGUAGE.test(tag))
            .join(','),
        );
      case 'features':
        return this.#features(local, value, start);
      case 'extensions':
        return this.#escaped(
          local,
          value
            .split(/\s+/)
            .filter((uri) => uri !== '')
            .join(' '),
        );
      case 'label':
        return this.#keepsTitles && this.#escaped(local, value);
      case 'script':
        if (value.trim() !== '') this.#links.refuseScript(local, start);
        return false;
      default:
        return (
          element === 'font-face-format' && local === 'string' && fontFormats.has(value) && this.#plain(local, value)
        );
    }
  }

  /** Writes a value in which nothing needs escaping; notes that it is not the whole of what there was. */
  #plain(local: string, value: string, whole = value): true {
    this.#output.write(` ${local}="${spaced(value)}"`);
    if (whole.length > value.length) this.#notes.removed('other', `end of ${local}`, whole.length - value.length);
    return true;
  }

  #escaped(local: string, value: string): true {
    this.#output.write(` ${local}="${escapeXml(value)}"`);
    return true;
  }

  #sheetAttribute(local: string, value: string, start: number): boolean {
    const offset = this.#notes.offsetOf(start);
    if (local === 'type') {
      if (value !== '' && value.toLowerCase() !== 'text/css')
        throw unsupported('A style sheet is not CSS.', offset, 'style');
      return true;
    }
    if (local !== 'media') return false;
    if (!isKnownValue(value)) throw unsupported('A style sheet is for viewers of an unknown kind.', offset, 'style');
    return this.#plain(local, value);
  }

  #animated(local: string, value: string, animated: string): boolean {
    if (animated === 'd') return this.#animatedPath(local, value);
    return this.#styles.presentation(local, animated, value);
  }

  #animatedPath(local: string, value: string): boolean {
    const paths = value.split(';');
    return paths.every((path) => readablePath(path).length === path.length) && this.#plain(local, value);
  }

  /** SMIL 3.0 §5.4.5: what begins with the name of an element before its first dot. */
  #timing(local: string, value: string, start: number): void {
    const output = this.#output;
    output.write(` ${local}="`);
    for (const [index, item] of value.split(';').entries()) {
      if (index > 0) output.write(';');
      const text = item.trim();
      const isOwn = text === '' || text === 'indefinite' || OFFSET.test(text) || EVENT.test(text);
      const dot = isOwn ? -1 : dotBehindName(text);
      if (!isOwn && (dot <= 0 || !EVENT.test(text.slice(dot + 1)))) {
        throw unsupported(`An animation has times that can't be read.`, this.#notes.offsetOf(start), local);
      }
      if (!isOwn) output.name('id', text.slice(0, dot).replace(/\\(.)/g, '$1'));
      output.write(text.slice(isOwn ? 0 : dot));
    }
    output.write('"');
  }

  #result(local: string, name: string): void {
    const output = this.#output;
    output.write(` ${local}="`);
    if (INPUT.test(name)) output.write(name);
    else output.name('result', name);
    output.write('"');
  }

  #glyphs(local: string, value: string): void {
    const output = this.#output;
    output.write(` ${local}="`);
    for (const [index, name] of value.split(',').entries()) {
      if (index > 0) output.write(',');
      output.name('glyph', name.trim());
    }
    output.write('"');
  }

  /** A feature that is not known would be one that no viewer has, or that all have: viewers differ. */
  #features(local: string, value: string, start: number): boolean {
    const features = value.split(/\s+/).filter((uri) => uri !== '');
    if (!features.every((uri) => FEATURE.test(uri))) {
      throw unsupported('An element asks for a feature that is not known.', this.#notes.offsetOf(start), local);
    }
    return this.#plain(local, features.join(' '));
  }

  #removed(kind: Parameters<Notes['removed']>[0], key: string, value: string): void {
    if (!this.#notes.context.describes) return;
    this.#notes.removed(kind, printable(key, 60), key.length + value.length + '=""'.length);
  }
}

/** Where the name of an element ends: at a dot that is not escaped. */
function dotBehindName(text: string): number {
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '.') return at;
  }
  return -1;
}
