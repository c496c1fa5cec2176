// XMP packets as trees (ISO 16684-1: RDF in XML), read only where something in one is kept.
import { utf8OrLatin1 } from '../bytes/text.ts';
import type { Context } from '../core/context.ts';
import type { Walk } from '../core/walk.ts';
import { saxes } from './xml/saxes.ts';

const RDF = 'http://www.w3.org/1999/02/22-rdf-syntax-ns#';

/** An element; names are its namespace and local name in one. */
export interface XmpNode {
  name: string;
  attributes: ReadonlyMap<string, string>;
  children: XmpNode[];
  /** Its own characters, those of its children left out. */
  text: string;
}

/** A packet that breaks a rule of XML. */
class PacketError extends Error {}

/** The `rdf:Description` elements of a packet; none where it can't be read. */
export function* readXmp(context: Context, packet: Uint8Array): Walk<XmpNode[]> {
  const { SaxesParser } = yield* context.use(saxes);
  const parser = new SaxesParser({ xmlns: true, position: false });
  const document: XmpNode = { name: '', attributes: new Map(), children: [], text: '' };
  const open = [document];
  const fail = (): never => {
    throw new PacketError();
  };
  const addText = (text: string): void => {
    const element = open.at(-1);
    if (element !== undefined) element.text += text;
  };
  parser.on('error', fail);
  parser.on('doctype', fail);
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('opentag', ({ uri, local, attributes }) => {
    const named = Object.values(attributes).map(
      (attribute) => [attribute.uri + attribute.local, attribute.value] as const,
    );
    const element: XmpNode = { name: uri + local, attributes: new Map(named), children: [], text: '' };
    open.at(-1)?.children.push(element);
    open.push(element);
  });
  parser.on('closetag', () => open.pop());
  try {
    parser.write(utf8OrLatin1(packet).replace(/\0+$/, '')).close();
  } catch (error) {
    if (error instanceof PacketError) return [];
    throw error;
  }
  // The RDF element stands in x:xmpmeta, which may be left out (ISO 16684-1 §7.3.3).
  const isRdf = ({ name }: XmpNode): boolean => name === `${RDF}RDF`;
  const [root] = document.children;
  const rdf = root === undefined || isRdf(root) ? root : root.children.find(isRdf);
  return rdf?.children.filter(({ name }) => name === `${RDF}Description`) ?? [];
}

/** The one child of this name; nothing where there are several. */
function onlyChild(node: XmpNode, name: string): XmpNode | undefined {
  const children = node.children.filter((child) => child.name === name);
  return children.length === 1 ? children[0] : undefined;
}

/** A simple value, which is written as an attribute or as an element (ISO 16684-1 §7.4). */
export function readSimple(node: XmpNode, name: string): string | undefined {
  const attribute = node.attributes.get(name);
  if (attribute !== undefined) return attribute;
  const child = onlyChild(node, name);
  return child === undefined || child.children.length > 0 ? undefined : child.text.trim();
}

/** The items of an ordered array (ISO 16684-1 §7.7). */
export function readSequence(node: XmpNode, name: string): XmpNode[] | undefined {
  const child = onlyChild(node, name);
  const sequence = child === undefined ? undefined : onlyChild(child, `${RDF}Seq`);
  return sequence?.children.filter((item) => item.name === `${RDF}li`);
}
