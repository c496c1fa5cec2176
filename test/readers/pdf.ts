import { createRequire } from 'node:module';
import { decodePDFRawStream, PDFDocument, PDFRawStream } from 'pdf-lib';
import { getDocument, OPS } from 'pdfjs-dist/legacy/build/pdf.mjs';

/** pdf.js brings a canvas of its own version along, whose paths no other one takes. */
const { createCanvas } = createRequire(import.meta.resolve('pdfjs-dist/legacy/build/pdf.mjs'))(
  '@napi-rs/canvas',
) as typeof import('@napi-rs/canvas');

/** What a viewer shows of a file: pixels and text of each page, and what it is filled in and navigated with. */
export async function showPdf(file: Uint8Array, password?: string): Promise<Record<string, unknown>> {
  const task = getDocument({ data: file.slice(), verbosity: 0, ...(password === undefined ? {} : { password }) });
  const pdf = await task.promise;
  const pages: unknown[] = [];
  for (let number = 1; number <= pdf.numPages; number++) {
    const page = await pdf.getPage(number);
    const viewport = page.getViewport({ scale: 0.5 });
    const canvas = createCanvas(Math.ceil(viewport.width), Math.ceil(viewport.height));
    const context = canvas.getContext('2d') as unknown as CanvasRenderingContext2D;
    await page.render({ canvas: null, canvasContext: context, viewport }).promise;
    const { items } = await page.getTextContent();
    const annotations = await page.getAnnotations();
    pages.push({
      pixels: Buffer.from(canvas.data()).toString('base64'),
      text: items.map((item) => ('str' in item ? item.str : '')),
      images: (await page.getOperatorList()).fnArray.filter((code) => code === OPS.paintImageXObject).length,
      annotations: annotations.map((annotation) => ({
        kind: annotation.subtype,
        rect: annotation.rect,
        contents: annotation.contentsObj?.str,
        url: annotation.url,
        field: annotation.fieldName,
        value: annotation.fieldValue,
        dest: Array.isArray(annotation.dest) ? annotation.dest.slice(1) : annotation.dest,
        file: annotation.file?.filename,
      })),
      // Ids are made of object numbers.
      structure: JSON.stringify(await page.getStructTree(), (key, value: unknown) =>
        key === 'id' ? undefined : value,
      ),
    });
  }
  const outline = await pdf.getOutline();
  const shown = {
    pages,
    outline: outline?.map(({ title, dest }) => ({ title, isLinked: dest !== null })),
    labels: await pdf.getPageLabels(),
    layers: [...((await pdf.getOptionalContentConfig()) ?? [])].map(([, group]) => ({
      name: group.name,
      visible: group.visible,
    })),
    attachments: await Promise.all(Object.entries((await pdf.getAttachments()) ?? {}).map(showAttachment)),
    destinations: Object.keys((await pdf.getDestinations()) ?? {}),
    fields: Object.keys((await pdf.getFieldObjects()) ?? {}),
  };
  await task.destroy();
  return shown;
}

/** An attached file: a document as it is shown, any other as its bytes. */
async function showAttachment([name, file]: [string, unknown]): Promise<unknown> {
  const { content } = file as { content: Uint8Array };
  const text = Buffer.from(content).toString('latin1');
  return { name, content: text.startsWith('%PDF-') ? await showPdf(content) : text };
}

/** All that another parser finds in a file: every object as text, every stream unpacked, as one run of bytes. */
export async function unpackPdf(file: Uint8Array): Promise<Buffer> {
  const document = await PDFDocument.load(file, { updateMetadata: false, ignoreEncryption: true });
  const parts: Buffer[] = [Buffer.from(file)];
  const { trailerInfo } = document.context;
  for (const value of Object.values(trailerInfo)) parts.push(Buffer.from(String(value), 'latin1'));
  for (const [, object] of document.context.enumerateIndirectObjects()) {
    parts.push(Buffer.from(object.toString(), 'latin1'));
    if (!(object instanceof PDFRawStream)) continue;
    parts.push(Buffer.from(object.dict.toString(), 'latin1'), Buffer.from(object.contents));
    try {
      parts.push(Buffer.from(decodePDFRawStream(object).decode()));
    } catch {
      // Coded as a picture: its bytes were taken as they are.
    }
  }
  return Buffer.concat(parts);
}
