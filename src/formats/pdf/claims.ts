// Which standards a document says it follows, and the least XMP packet that says so (ISO 19005, ISO 14289, ISO 15930).
import { latin1 } from '../../bytes/text.ts';

/** Each claim's property, namespace, and the values that the standards give it: nothing else is carried over. */
const properties: readonly (readonly [prefix: string, name: string, pattern: RegExp])[] = [
  ['pdfaid', 'part', /^[1-4]$/],
  ['pdfaid', 'conformance', /^[ABUEF]$/i],
  ['pdfaid', 'rev', /^(20\d\d)$/],
  ['pdfuaid', 'part', /^[12]$/],
  ['pdfuaid', 'rev', /^(20\d\d)$/],
  ['pdfxid', 'GTS_PDFXVersion', /^PDF\/X-[1-6][a-z]{0,2}(:20\d\d)?$/],
];

const namespaces: Readonly<Record<string, string>> = {
  pdfaid: 'http://www.aiim.org/pdfa/ns/id/',
  pdfuaid: 'http://www.aiim.org/pdfua/ns/id/',
  pdfxid: 'http://www.npes.org/pdfx/ns/id/',
};

/** Claims by their property: `pdfaid:part`. */
export type Claims = ReadonlyMap<string, string>;

/** `PDF/X-1a:2001` and the like, as an information dictionary says it. */
export const PDFX_VERSION: RegExp = /^PDF\/X-[1-6][a-z]{0,2}(:20\d\d)?$/;

/** The claims that an XMP packet makes. */
export function readClaims(packet: Uint8Array): Claims {
  const claims = new Map<string, string>();
  const isWide = packet[0] === 0xfe || packet[0] === 0xff || packet[0] === 0 || packet[1] === 0;
  const text = latin1(isWide ? packet.filter((byte) => byte !== 0) : packet);
  for (const [prefix, name, pattern] of properties) {
    const found = new RegExp(`${prefix}:${name}\\s*(?:=\\s*["']|>)\\s*([^"'<\\s]{1,40})\\s*["'<]`).exec(text)?.[1];
    if (found !== undefined && pattern.test(found)) claims.set(`${prefix}:${name}`, found);
  }
  return claims;
}

/** The least packet that makes the claims, with what else is to be said. */
export function writePacket(claims: Claims, title: string | undefined): Uint8Array {
  const used = Object.keys(namespaces).filter((prefix) =>
    [...claims.keys()].some((key) => key.startsWith(`${prefix}:`)),
  );
  const declared = used.map((prefix) => ` xmlns:${prefix}="${namespaces[prefix]}"`).join('');
  const elements = [...claims].map(([name, value]) => `<${name}>${value}</${name}>`).join('');
  const titled =
    title === undefined
      ? ''
      : `<dc:title xmlns:dc="http://purl.org/dc/elements/1.1/"><rdf:Alt><rdf:li xml:lang="x-default">${escapeXml(title)}</rdf:li></rdf:Alt></dc:title>`;
  return new TextEncoder().encode(
    `<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">` +
      `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""${declared}>` +
      `${elements}${titled}</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>`,
  );
}

function escapeXml(text: string): string {
  return text.replace(/[&<>]/g, (character) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[character] ?? '');
}

/** Whether a standard that is claimed knows neither object streams nor cross-reference streams. */
export function forbidsStreams(claims: Claims, pdfx: string | undefined): boolean {
  return claims.get('pdfaid:part') === '1' || /^PDF\/X-[1-3]/.test(claims.get('pdfxid:GTS_PDFXVersion') ?? pdfx ?? '');
}
