// The elements of an SVG document as they come: what draws is written, what doesn't is noted.

import type { tokenize } from '@csstools/css-tokenizer';
import { printable } from '../../bytes/printable.ts';
import type { Name, XmlHandler, XmlScope } from '../../containers/xml/parse.ts';
import { XML_NAMESPACE } from '../../containers/xml/parse.ts';
import type { Context } from '../../core/context.ts';
import { unsupported } from '../../core/errors.ts';
import type { Plan } from '../../core/plan.ts';
import type { FindingKind } from '../../core/report.ts';
import { escapeText, escapeXml, Output } from './output.ts';
import {
  animating,
  attributeUse,
  describing,
  drawn,
  kindOf,
  SVG_NAMESPACE,
  scripting,
  textual,
  XHTML_NAMESPACE,
  XLINK_NAMESPACE,
} from './policy.ts';
import { targetOf } from './references.ts';
import { Styles } from './style.ts';

const SCRIPT_SENTENCE =
  "The picture holds scripts or foreign objects, which could show or fetch anything. Clean it with drop: ['scripts'] to send it without them.";
const LINK_SENTENCE =
  "The picture loads a style sheet from elsewhere. Clean it with drop: ['links'] to send it without that.";

interface Frame {
  local: string;
  isText: boolean;
  isEmpty: boolean;
  /** Text of a style element is collected. */
  style: string | undefined;
}

/** Filters a document into an output. */
export class Filter implements XmlHandler {
  readonly output: Output = new Output();
  readonly #styles: Styles;
  readonly #scope: XmlScope;
  readonly #context: Context;
  readonly #plan: Plan;
  readonly #offsetOf: (at: number) => number | undefined;
  readonly #frames: Frame[] = [];
  /** Namespace of a root that is named `svg` and is in another than SVG's. */
  #alias: string | undefined;
  #hasRoot = false;
  #depth = 0;
  #dropped:
    | { start: number; depth: number; name: string; kind: FindingKind; refuses: boolean; note?: string }
    | undefined;
  #droppedIds: Set<string> = new Set();
  #dropsBesides = false;

  constructor(
    scope: XmlScope,
    context: Context,
    plan: Plan,
    offsetOf: (at: number) => number | undefined,
    tokenizer: typeof tokenize,
  ) {
    this.#scope = scope;
    this.#context = context;
    this.#plan = plan;
    this.#offsetOf = offsetOf;
    const { output } = this;
    this.#styles = new Styles(tokenizer, {
      output,
      animates: context.keeps('animation'),
      reference: (url) => this.#reference(url, 'style'),
      removed: (where, bytes) => this.#found('other', where, bytes),
      imported: () => this.#imported(),
    });
  }

  /** What can only be told at the end of the document. */
  finish(): void {
    if (!this.#hasRoot) throw unsupported('The document has no root element.');
    if (this.#styles.isStructural && this.#dropsBesides) {
      throw unsupported(
        'A style sheet selects elements by their place among others, some of which are metadata.',
        undefined,
        'style',
      );
    }
    for (const id of this.#droppedIds) {
      if (this.output.referenced.has(id)) {
        throw unsupported('What is drawn refers to a part that an editor keeps for itself.');
      }
    }
    this.output.write('\n');
  }

  open(name: Name, attributes: Readonly<Record<string, string>>, start: number): void {
    this.#context.countStructures();
    this.#depth++;
    if (!this.#hasRoot) this.#openRoot(name);
    const isSvg = this.#isSvg(name);
    const dropped = this.#dropped;
    if (dropped !== undefined) {
      if (dropped.refuses) throw unsupported(SCRIPT_SENTENCE, this.#offsetOf(dropped.start), dropped.name);
      if (name.namespace === XHTML_NAMESPACE) this.#refuseXhtml(name, start);
      if (isSvg && drawn.has(name.local)) this.#noteDropped(attributes);
      if (isSvg && (scripting.has(name.local) || name.local === 'style')) this.#openHidden(name, start);
      return;
    }
    const parent = this.#frames.at(-1);
    if (isSvg && scripting.has(name.local) && !this.#isNeverShown(attributes)) {
      this.#openScript(name, attributes, start);
      return;
    }
    if (name.namespace === XHTML_NAMESPACE) this.#refuseXhtml(name, start);
    const isKept =
      isSvg &&
      (drawn.has(name.local) ||
        (describing.has(name.local) && name.local !== 'metadata' && this.#context.keeps('title'))) &&
      !this.#isNeverShown(attributes) &&
      !this.#isIdle(name.local, attributes);
    if (!isKept) {
      if (isSvg && parent?.local === 'switch' && !this.#isNeverShown(attributes)) {
        throw unsupported(
          'A switch chooses between elements, one of which is metadata or not known.',
          this.#offsetOf(start),
          'switch',
        );
      }
      this.#drop(name, start, kindOf(name.namespace, name.local), false);
      return;
    }
    if (parent?.style !== undefined)
      throw unsupported('A style sheet has elements in it.', this.#offsetOf(start), 'style');
    this.#startContent();
    const isText = parent?.isText === true || textual.has(name.local) || describing.has(name.local);
    const style = name.local === 'style' ? '' : undefined;
    this.#frames.push({ local: name.local, isText, isEmpty: true, style });
    this.output.write(`<${name.local}`);
    if (this.#frames.length === 1) {
      this.output.write(` xmlns="${SVG_NAMESPACE}"`);
      this.output.part({ kind: 'xlink' });
    }
    this.#attributes(name, attributes, start);
  }

  close(end: number): void {
    const dropped = this.#dropped;
    if (dropped !== undefined) {
      if (dropped.depth === this.#depth--) {
        this.#dropped = undefined;
        this.#found(dropped.kind, dropped.name, end - dropped.start, dropped.start, dropped.note);
      }
      return;
    }
    this.#depth--;
    const frame = this.#frames.at(-1);
    if (frame?.style) {
      const sheet = frame.style;
      frame.style = undefined;
      this.#startContent();
      frame.style = sheet;
      this.#styles.sheet(sheet);
    }
    this.#frames.pop();
    if (frame !== undefined) this.output.write(frame.isEmpty ? '/>' : `</${frame.local}>`);
  }

  text(text: string, start: number): void {
    if (this.#dropped !== undefined) {
      if (this.#dropped.refuses && text.trim() !== '') {
        throw unsupported(SCRIPT_SENTENCE, this.#offsetOf(this.#dropped.start), this.#dropped.name);
      }
      return;
    }
    const frame = this.#frames.at(-1);
    if (frame === undefined) return;
    if (frame.style !== undefined) frame.style += text;
    else if (frame.isText) {
      if (text === '') return;
      this.#startContent();
      this.output.write(escapeText(text));
    } else if (text.trim() !== '') this.#found('comment', `text in ${frame.local}`, text.length, start);
  }

  misc(where: string, start: number, end: number): void {
    this.#context.countStructures();
    if (where === 'processing instruction xml-stylesheet') this.#imported();
    const kind = where === 'comment' ? 'comment' : where.startsWith('proc') ? 'other' : 'structure';
    if (this.#dropped === undefined) this.#found(kind, printable(where), end - start, start);
  }

  #openRoot(name: Name): void {
    this.#hasRoot = true;
    if (name.local !== 'svg') {
      throw unsupported('The file is XML, but no SVG picture; it can not be cleaned.', this.#offsetOf(0));
    }
    if (name.namespace === SVG_NAMESPACE) return;
    this.#alias = name.namespace ?? '';
    this.#plan.found({
      kind: 'structure',
      where: 'svg',
      action: 'rewritten',
      bytes: 0,
      note: 'Its namespace was not that of SVG.',
    });
  }

  #isSvg({ namespace }: Name): boolean {
    return namespace === SVG_NAMESPACE || (this.#alias !== undefined && namespace === this.#alias);
  }

  #startContent(): void {
    const frame = this.#frames.at(-1);
    if (frame?.isEmpty !== true) return;
    frame.isEmpty = false;
    this.output.write('>');
  }

  #drop(name: Name, start: number, kind: FindingKind, refuses: boolean, note?: string): void {
    const full = printable(name.prefix === '' ? name.local : `${name.prefix}:${name.local}`);
    this.#dropsBesides = true;
    this.#dropped = { start, depth: this.#depth, name: full, kind, refuses, ...(note === undefined ? {} : { note }) };
  }

  /** Elements in what is dropped that do something nevertheless. */
  #openHidden(name: Name, start: number): void {
    if (name.local === 'style')
      throw unsupported('A style sheet stands inside of metadata.', this.#offsetOf(start), 'style');
    if (name.local === 'script' && this.#context.keeps('scripts')) {
      throw unsupported(SCRIPT_SENTENCE, this.#offsetOf(start), name.local);
    }
  }

  #refuseXhtml({ local }: Name, start: number): void {
    if (local === 'script' && this.#context.keeps('scripts'))
      throw unsupported(SCRIPT_SENTENCE, this.#offsetOf(start), local);
    if (local === 'style') throw unsupported('The picture has a style sheet of XHTML.', this.#offsetOf(start), local);
    if (local === 'link') this.#imported();
  }

  #imported(): void {
    if (this.#context.keeps('links')) throw unsupported(LINK_SENTENCE, undefined, 'style');
    this.#found('identifier', 'link to a style sheet', 0);
  }

  #noteDropped(attributes: Readonly<Record<string, string>>): void {
    if (this.#context.keeps('scripts') && attributes.id !== undefined) this.#droppedIds.add(attributes.id);
  }

  #openScript(name: Name, attributes: Readonly<Record<string, string>>, start: number): void {
    const refuses = this.#context.keeps('scripts');
    const leads = Object.keys(attributes).some((key) => this.#scope.attribute(key).local === 'href');
    if (refuses && (name.local === 'foreignObject' || leads)) {
      throw unsupported(SCRIPT_SENTENCE, this.#offsetOf(start), name.local);
    }
    this.#drop(name, start, 'other', refuses);
  }

  /** Conditions that no viewer but one editor meets (SVG 1.1 §5.8.4). */
  #isNeverShown({ requiredExtensions }: Readonly<Record<string, string>>): boolean {
    const known = [XHTML_NAMESPACE, 'http://www.w3.org/1998/Math/MathML'];
    return requiredExtensions?.split(/\s+/).some((uri) => uri !== '' && !known.includes(uri)) === true;
  }

  /** An animation that is not wanted, or one whose target can't be kept: without it, its parent would move. */
  #isIdle(local: string, attributes: Readonly<Record<string, string>>): boolean {
    if (!animating.has(local)) return false;
    if (!this.#context.keeps('animation')) return true;
    return Object.entries(attributes).some(([key, value]) => {
      const { local: attribute } = this.#scope.attribute(key);
      return attribute === 'href' && targetOf(value).kind !== 'id';
    });
  }

  #attributes(element: Name, attributes: Readonly<Record<string, string>>, start: number): void {
    const { output } = this;
    for (const key in attributes) {
      const value = attributes[key] ?? '';
      if (this.#scope.declares(key)) {
        this.#noteDeclaration(key, value);
        continue;
      }
      const { prefix, local, namespace } = this.#scope.attribute(key);
      if (namespace === '') this.#attribute(element, local, value, attributes, start);
      else if (namespace === XLINK_NAMESPACE || (namespace === undefined && prefix === 'xlink')) {
        if (local === 'href') this.#href('xlink:href', element.local, value);
        else if (local === 'title' && this.#context.keeps('title')) {
          output.usesXlink = true;
          output.write(` xlink:title="${escapeXml(value)}"`);
        } else this.#removed(local === 'title' ? 'comment' : 'structure', key, value);
      } else if (namespace === XML_NAMESPACE) {
        if (local === 'id') output.part({ kind: 'id', attribute: 'xml:id', name: value });
        else if (local === 'space' && (value === 'preserve' || value === 'default'))
          output.write(` xml:space="${value}"`);
        else if (local === 'lang') output.write(` xml:lang="${escapeXml(value)}"`);
        else this.#removed('identifier', key, value);
      } else this.#removed(kindOf(namespace, local), key, value);
    }
  }

  #attribute(
    element: Name,
    local: string,
    value: string,
    attributes: Readonly<Record<string, string>>,
    start: number,
  ): void {
    const { output } = this;
    const use = attributeUse(local);
    if (use === undefined) this.#removed(kindOf('', local), local, value);
    else if (use === 'id') output.part({ kind: 'id', attribute: 'id', name: value });
    else if (use === 'class') output.part({ kind: 'classes', names: value.split(/\s+/).filter((name) => name !== '') });
    else if (use === 'style') this.#styles.attribute(value);
    else if (use === 'href') this.#href('href', element.local, value);
    else if (use === 'script') {
      if (this.#context.keeps('scripts') && value.trim() !== '')
        throw unsupported(SCRIPT_SENTENCE, this.#offsetOf(start), local);
      this.#removed('other', local, value);
    } else if (use === 'label') {
      if (this.#context.keeps('title')) output.write(` ${local}="${escapeXml(value)}"`);
      else this.#removed('comment', local, value);
    } else if (use === 'timing') {
      output.write(` ${local}="`);
      this.#timing(value);
      output.write('"');
    } else if (use === 'result') {
      output.write(` ${local}="`);
      if (/^(SourceGraphic|SourceAlpha|BackgroundImage|BackgroundAlpha|FillPaint|StrokePaint)?$/.test(value.trim()))
        output.write(value.trim());
      else output.name('result', value.trim());
      output.write('"');
    } else if (element.local === 'style' && local === 'type') {
      if (value !== '' && value !== 'text/css')
        throw unsupported('A style sheet is not CSS.', this.#offsetOf(start), 'style');
    } else if (animating.has(element.local) && /^(from|to|by|values|attributeName)$/.test(local)) {
      this.#animated(local, value, attributes.attributeName ?? '', start);
    } else {
      output.write(` ${local}="`);
      if (use === 'css') this.#styles.value(value);
      else output.write(escapeXml(value));
      output.write('"');
    }
  }

  #animated(local: string, value: string, animated: string, start: number): void {
    const { output } = this;
    if (/^(class|style|id|on.*)$/.test(animated) || /(^|:)href$/.test(animated)) {
      throw unsupported(
        `An animation changes ${printable(animated)}, which can't be cleaned.`,
        this.#offsetOf(start),
        'animate',
      );
    }
    output.write(` ${local}="`);
    if (local === 'attributeName') output.write(escapeXml(value));
    else this.#styles.value(value);
    output.write('"');
  }

  /** SMIL 3.0 §5.4.5: what begins with the name of an element before its first dot. */
  #timing(value: string): void {
    const { output } = this;
    for (const [index, item] of value.split(';').entries()) {
      if (index > 0) output.write(';');
      const text = item.trim();
      const name = /^(?!accessKey\(|wallclock\()([^\d+.\s(-][^.(+\s]*)\.(?=[a-zA-Z])/.exec(text)?.[1];
      if (name === undefined) output.write(escapeXml(text));
      else {
        output.name('id', name.replace(/\\(.)/g, '$1'));
        output.write(escapeXml(text.slice(name.length)));
      }
    }
  }

  #href(attribute: 'href' | 'xlink:href', element: string, value: string): void {
    const { output } = this;
    if (this.#reference(value, element, ` ${attribute}="`)) {
      output.write('"');
      if (attribute !== 'href') output.usesXlink = true;
    }
  }

  /** Writes what a reference leads to behind `lead`; false: it is left out. */
  #reference(value: string, from: string, lead = ''): boolean {
    const { output } = this;
    const target = targetOf(value);
    switch (target.kind) {
      case 'self':
        output.write(`${lead}${value.includes('#') ? '#' : ''}`);
        return true;
      case 'id':
        output.write(`${lead}#`);
        output.name('id', target.id);
        return true;
      case 'script':
        if (this.#context.keeps('scripts')) throw unsupported(SCRIPT_SENTENCE, undefined, from);
        this.#found('other', `${from} › script`, value.length);
        return false;
      case 'data':
        if (from === 'a' || target.bytes === undefined || target.bytes.length === 0) break;
        if (from === 'use') throw unsupported('An element is used from inside of data.', undefined, from);
        output.write(lead);
        output.part({ kind: 'data', bytes: target.bytes, declared: target.declared, where: `${from} › data` });
        return true;
      case 'contact':
      case 'address':
        if (target.kind === 'contact' && from !== 'a') break;
        if (!this.#context.keeps('links')) break;
        this.#plan.found({
          kind: 'identifier',
          where: `${from} › link`,
          action: 'kept',
          bytes: value.length,
          note: "It leads out of the file; drop: ['links'] leaves it out.",
        });
        output.write(
          lead +
            (from === 'style'
              ? `"${target.url.replace(/["\\]/g, '\\$&')}"`.replace(/[&<>"]/g, escapeXml)
              : escapeXml(target.url)),
        );
        return true;
      default:
    }
    this.#found('identifier', `${from} › link`, value.length);
    return false;
  }

  #noteDeclaration(key: string, value: string): void {
    if (![SVG_NAMESPACE, XLINK_NAMESPACE].includes(value)) this.#removed('software', key, value);
  }

  #removed(kind: FindingKind, key: string, value: string): void {
    this.#found(kind, printable(key, 60), key.length + value.length + '=""'.length);
  }

  #found(kind: FindingKind, where: string, bytes: number, start?: number, note?: string): void {
    if (!this.#context.describes) return;
    const offset = start === undefined ? undefined : this.#offsetOf(start);
    this.#plan.found({
      kind,
      where,
      action: 'removed',
      bytes,
      ...(offset === undefined ? {} : { offset }),
      ...(note === undefined ? {} : { note }),
    });
  }
}
