// The XMP of Ultra HDR: the base picture lists the pictures of the file (Google GContainer), the gain map says how it is applied
// (Adobe, Gain map 1.0). What is read is written anew into one template, as attributes where it can be: libultrahdr reads no others.
import { latin1Bytes } from '../../bytes/text.ts';
import { Marker, writeSegment } from '../../containers/jpeg/marker.ts';
import { readSequence, readSimple, readXmp, type XmpNode } from '../../containers/xmp.ts';
import type { Context } from '../../core/context.ts';
import type { Walk } from '../../core/walk.ts';
import { HDRGM } from './announcement.ts';

/** What the body of an XMP segment begins with. */
export const XMP_IDENTIFIER = 'http://ns.adobe.com/xap/1.0/\0';

const CONTAINER = 'http://ns.google.com/photos/1.0/container/';
const ITEM = 'http://ns.google.com/photos/1.0/container/item/';
/** The version that decoders read. */
const VERSION = '1.0';

/** Properties of one value for each channel, or one for all. */
const channelProperties = ['GainMapMin', 'GainMapMax', 'Gamma', 'OffsetSDR', 'OffsetHDR'] as const;
const properties = [...channelProperties, 'HDRCapacityMin', 'HDRCapacityMax'] as const;
/** Those that have no default. */
const required = ['GainMapMax', 'HDRCapacityMax'] as const;

/** A decimal number; no property comes near the largest one that is taken. */
const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const MAX_DECIMAL = 1e6;
const CHANNELS = 3;

/** What the XMP of a base picture says. */
export interface ContainerXmp {
  /** How far behind the picture's end the gain map begins; nothing where the list does not say. */
  distance: number | undefined;
}

/** Reads the XMP of a base picture; nothing where it does not announce a gain map that decoders read. */
export function* readContainerXmp(context: Context, packet: Uint8Array): Walk<ContainerXmp | undefined> {
  const descriptions = yield* readXmp(context, packet);
  if (!descriptions.some((node) => readSimple(node, `${HDRGM}Version`) === VERSION)) return undefined;
  const list = descriptions
    .map((node) => readSequence(node, `${CONTAINER}Directory`))
    .find((items) => items !== undefined);
  return { distance: list === undefined ? undefined : distanceOf(list) };
}

function distanceOf(list: readonly XmpNode[]): number | undefined {
  let distance = 0;
  for (const [index, { children }] of list.entries()) {
    const item = children.find(({ name }) => name === `${CONTAINER}Item`);
    if (item === undefined) return undefined;
    if (index > 0 && readSimple(item, `${ITEM}Semantic`) === 'GainMap') return distance;
    // The first one's length is that of the picture itself; bytes may be left free behind it.
    const length = Number(readSimple(item, `${ITEM}${index === 0 ? 'Padding' : 'Length'}`) ?? 0);
    if (!Number.isSafeInteger(length) || length < 0) return undefined;
    distance += length;
  }
  return undefined;
}

/** The XMP segment of a base picture whose gain map has `length` bytes. */
export function writeContainerXmp(length: number): Uint8Array {
  const item = (semantic: string, rest = ''): string =>
    `<rdf:li rdf:parseType="Resource"><Container:Item Item:Semantic="${semantic}" Item:Mime="image/jpeg"${rest}/></rdf:li>`;
  return writeXmp(
    ` xmlns:Container="${CONTAINER}" xmlns:Item="${ITEM}" xmlns:hdrgm="${HDRGM}" hdrgm:Version="${VERSION}"`,
    `<Container:Directory><rdf:Seq>${item('Primary')}${item('GainMap', ` Item:Length="${length}"`)}</rdf:Seq></Container:Directory>`,
  );
}

/** The XMP segment of a gain map in canonical form; nothing where it can't be read whole. */
export function* canonicalGainMapXmp(context: Context, packet: Uint8Array): Walk<Uint8Array | undefined> {
  const descriptions = yield* readXmp(context, packet);
  const node = descriptions.find((description) => readSimple(description, `${HDRGM}Version`) === VERSION);
  if (node === undefined) return undefined;
  let attributes = ` xmlns:hdrgm="${HDRGM}" hdrgm:Version="${VERSION}"`;
  let elements = '';
  for (const property of properties) {
    const values = readDecimals(node, property);
    if (values === undefined) return undefined;
    if (values.length === 0 && required.some((name) => name === property)) return undefined;
    if (values.length === 1) attributes += ` hdrgm:${property}="${values[0]}"`;
    if (values.length <= 1) continue;
    const items = values.map((value) => `<rdf:li>${value}</rdf:li>`).join('');
    elements += `<hdrgm:${property}><rdf:Seq>${items}</rdf:Seq></hdrgm:${property}>`;
  }
  const isHdr = readSimple(node, `${HDRGM}BaseRenditionIsHDR`);
  if (isHdr !== undefined && isHdr !== 'True' && isHdr !== 'False') return undefined;
  if (isHdr !== undefined) attributes += ` hdrgm:BaseRenditionIsHDR="${isHdr}"`;
  return writeXmp(attributes, elements);
}

/** The values of a property: none where it is not there; nothing where they are not what they must be. */
function readDecimals(node: XmpNode, property: (typeof properties)[number]): number[] | undefined {
  const name = HDRGM + property;
  const isThere = node.attributes.has(name) || node.children.some((child) => child.name === name);
  if (!isThere) return [];
  const simple = readSimple(node, name);
  const items = simple === undefined ? readSequence(node, name)?.map(({ text }) => text.trim()) : [simple];
  if (items === undefined || (items.length !== 1 && items.length !== CHANNELS)) return undefined;
  if (items.length === CHANNELS && !channelProperties.some((channel) => channel === property)) return undefined;
  const values = items.map((item) => (DECIMAL.test(item) ? Number(item) : Number.NaN));
  return values.every((value) => Math.abs(value) <= MAX_DECIMAL) ? values : undefined;
}

function writeXmp(attributes: string, elements: string): Uint8Array {
  const rdf = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"';
  const description = `<rdf:Description rdf:about=""${attributes}${elements === '' ? '/>' : `>${elements}</rdf:Description>`}`;
  const packet = `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF ${rdf}>${description}</rdf:RDF></x:xmpmeta>`;
  return writeSegment(Marker.APP1, latin1Bytes(XMP_IDENTIFIER), latin1Bytes(packet));
}
