// The elements of an SVG document as they come: what draws is written, what doesn't is noted.
import type { tokenize } from '@csstools/css-tokenizer';
import { printable } from '../../bytes/printable.ts';
import type { Name, XmlHandler, XmlScope } from '../../containers/xml/parse.ts';
import { unsupported } from '../../core/errors.ts';
import type { FindingKind } from '../../core/report.ts';
import { Attributes, isNeverShown, type XmlAttributes } from './attributes.ts';
import { Links, type Notes, SCRIPT_SENTENCE } from './links.ts';
import { escapeText, Output } from './output.ts';
import {
  animating,
  attributeUse,
  describing,
  drawn,
  inline,
  kindOf,
  SVG_NAMESPACE,
  scripting,
  textual,
  XHTML_NAMESPACE,
} from './policy.ts';
import { targetOf } from './references.ts';
import { Styles } from './style.ts';
import type { Variables } from './variables.ts';

/** An element that is written. */
interface Frame {
  local: string;
  isText: boolean;
  isEmpty: boolean;
  /** Text of a style element is collected. */
  style: string | undefined;
}

/** An element that is left out, with all that is in it. */
interface Dropped {
  start: number;
  depth: number;
  name: string;
  kind: FindingKind;
  /** An empty script is no reason to refuse the file. */
  refuses: boolean;
}

/** Filters a document into an output. */
export class Filter implements XmlHandler {
  readonly output: Output = new Output();
  readonly #styles: Styles;
  readonly #links: Links;
  readonly #attributes: Attributes;
  readonly #scope: XmlScope;
  readonly #notes: Notes;
  readonly #keepsTitles: boolean;
  readonly #animates: boolean;
  readonly #frames: Frame[] = [];
  readonly #droppedIds: Set<string> = new Set();
  /** Namespace of a root that is named `svg` and is in another than SVG's. */
  #alias: string | undefined;
  #sheetTitle: string | undefined;
  #hasRoot = false;
  #depth = 0;
  #dropped: Dropped | undefined;
  #dropsBesides = false;

  constructor(scope: XmlScope, notes: Notes, tokenizer: typeof tokenize, variables: Variables) {
    this.#scope = scope;
    this.#notes = notes;
    this.#keepsTitles = notes.context.keeps('title');
    this.#animates = notes.context.keeps('animation');
    this.#links = new Links(notes, this.output);
    this.#styles = new Styles(tokenizer, variables, notes, this.#links, this.output);
    this.#attributes = new Attributes(scope, notes, this.#links, this.#styles, this.output);
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
      if (this.output.referenced.id.has(id)) {
        throw unsupported('What is drawn refers to a part that an editor keeps for itself.');
      }
    }
    this.output.write('\n');
  }

  open(name: Name, attributes: XmlAttributes, start: number): void {
    this.#notes.context.countStructures();
    this.#depth++;
    if (!this.#hasRoot) this.#openRoot(name);
    const { local } = name;
    const isSvg =
      name.namespace === SVG_NAMESPACE || (this.#alias !== undefined && (name.namespace ?? '') === this.#alias);
    if (name.namespace === XHTML_NAMESPACE) this.#refuseXhtml(local, start);
    if (this.#dropped !== undefined) {
      this.#openDropped(this.#dropped, local, isSvg, attributes, start);
      return;
    }
    const parent = this.#frames.at(-1);
    const isShown = !isNeverShown(attributes);
    if (isSvg && isShown && scripting.has(local)) {
      this.#openScript(name, attributes, start);
      return;
    }
    if (!isShown && parent === undefined)
      throw unsupported('The picture is for one editor alone.', this.#notes.offsetOf(start), local);
    if (!isSvg || !isShown || !this.#keeps(local, attributes)) {
      if (isSvg && isShown && parent?.local === 'switch' && !animating.has(local)) {
        throw unsupported(
          'A switch chooses between elements, one of which is metadata or not known.',
          this.#notes.offsetOf(start),
          'switch',
        );
      }
      this.#drop(name, start, kindOf(name.namespace, local), false);
      return;
    }
    if (parent?.style !== undefined) {
      throw unsupported('A style sheet has elements in it.', this.#notes.offsetOf(start), 'style');
    }
    this.#startContent();
    const isText = textual.has(local) || describing.has(local) || (parent?.isText === true && inline.has(local));
    this.#frames.push({ local, isText, isEmpty: true, style: local === 'style' ? '' : undefined });
    this.output.write(`<${local}`);
    if (this.#frames.length === 1) {
      this.output.write(` xmlns="${SVG_NAMESPACE}"`);
      this.output.part({ kind: 'xlink' });
    }
    if (local === 'style') this.#noteSheetTitle(attributes.title ?? '');
    this.#attributes.write(local, attributes, start);
  }

  close(end: number): void {
    const dropped = this.#dropped;
    if (dropped !== undefined) {
      if (dropped.depth === this.#depth--) {
        this.#dropped = undefined;
        this.#notes.removed(dropped.kind, dropped.name, end - dropped.start, dropped.start);
      }
      return;
    }
    this.#depth--;
    const frame = this.#frames.at(-1);
    if (frame === undefined) return;
    const { style } = frame;
    if (style !== undefined) frame.isEmpty = !this.output.lead('>', () => this.#styles.sheet(style));
    this.#frames.pop();
    this.output.write(frame.isEmpty ? '/>' : `</${frame.local}>`);
  }

  text(text: string, start: number): void {
    if (this.#dropped !== undefined) {
      if (this.#dropped.refuses && text.trim() !== '') {
        throw unsupported(SCRIPT_SENTENCE, this.#notes.offsetOf(this.#dropped.start), this.#dropped.name);
      }
      return;
    }
    const frame = this.#frames.at(-1);
    if (frame === undefined || text === '') return;
    if (frame.style !== undefined) frame.style += text;
    else if (frame.isText) {
      this.#startContent();
      this.output.write(escapeText(text));
    } else if (text.trim() !== '') this.#notes.removed('comment', `text in ${frame.local}`, text.length, start);
  }

  misc(where: string, start: number, end: number): void {
    this.#notes.context.countStructures();
    if (where === 'processing instruction xml-stylesheet') this.#links.refuseSheet();
    const kind = where === 'comment' ? 'comment' : where.startsWith('proc') ? 'other' : 'structure';
    if (this.#dropped === undefined) this.#notes.removed(kind, printable(where), end - start, start);
  }

  #openRoot({ local, namespace }: Name): void {
    this.#hasRoot = true;
    if (local !== 'svg') {
      throw unsupported('The file is XML, but no SVG picture; it can not be cleaned.', this.#notes.offsetOf(0));
    }
    if (namespace === SVG_NAMESPACE) return;
    this.#alias = namespace ?? '';
    const note = 'Its namespace was not that of SVG.';
    this.#notes.plan.found({ kind: 'structure', where: 'svg', action: 'rewritten', bytes: 0, note });
  }

  /** Whether an element of SVG is written. */
  #keeps(local: string, attributes: XmlAttributes): boolean {
    if (describing.has(local)) return local !== 'metadata' && this.#keepsTitles;
    return drawn.has(local) && !(animating.has(local) && this.#isIdle(local, attributes));
  }

  /** An animation that is not wanted, or one that has nothing to move: without what it refers to, it would move its parent. */
  #isIdle(local: string, attributes: XmlAttributes): boolean {
    if (!this.#animates) return true;
    const { attributeName } = attributes;
    if (attributeName !== undefined && /^(class|style|id|on.*|.*:?href)$/i.test(attributeName)) {
      throw unsupported(
        `An animation changes ${printable(attributeName, 60)}, which can't be cleaned.`,
        undefined,
        local,
      );
    }
    if (attributeName !== undefined && attributeUse(attributeName) === undefined) return true;
    for (const key in attributes) {
      if (this.#scope.attribute(key).local === 'href' && targetOf(attributes[key] ?? '').kind !== 'id') return true;
    }
    return false;
  }

  #startContent(): void {
    const frame = this.#frames.at(-1);
    if (frame?.isEmpty !== true) return;
    frame.isEmpty = false;
    this.output.write('>');
  }

  #drop({ prefix, local }: Name, start: number, kind: FindingKind, refuses: boolean): void {
    const name = printable(prefix === '' ? local : `${prefix}:${local}`);
    this.#dropsBesides = true;
    this.#dropped = { start, depth: this.#depth, name, kind, refuses };
  }

  /** Elements in what is dropped may do something nevertheless. */
  #openDropped(dropped: Dropped, local: string, isSvg: boolean, attributes: XmlAttributes, start: number): void {
    if (dropped.refuses) throw unsupported(SCRIPT_SENTENCE, this.#notes.offsetOf(dropped.start), dropped.name);
    if (!isSvg) return;
    if (local === 'style') {
      throw unsupported('A style sheet stands inside of what is left out.', this.#notes.offsetOf(start), 'style');
    }
    if (local === 'script') this.#links.refuseScript(local, start);
    if (drawn.has(local) && attributes.id !== undefined) this.#droppedIds.add(attributes.id);
  }

  /** Elements of XHTML do something wherever they stand. */
  #refuseXhtml(local: string, start: number): void {
    if (local === 'script') this.#links.refuseScript(local, start);
    if (local === 'style') {
      throw unsupported('The picture has a style sheet of XHTML.', this.#notes.offsetOf(start), local);
    }
    if (local === 'link') this.#links.refuseSheet();
  }

  #openScript(name: Name, attributes: XmlAttributes, start: number): void {
    const refuses = this.#notes.context.keeps('scripts');
    const leads = Object.keys(attributes).some((key) => this.#scope.attribute(key).local === 'href');
    if (name.local === 'foreignObject' || leads) this.#links.refuseScript(name.local, start);
    this.#drop(name, start, 'other', refuses);
  }

  /** Style sheets of several titles are to be chosen from; sheets without one always apply (CSSOM §6.2). */
  #noteSheetTitle(title: string): void {
    if (title === '') return;
    this.#sheetTitle ??= title;
    if (this.#sheetTitle !== title)
      throw unsupported('The picture has style sheets to choose from.', undefined, 'style');
  }
}
