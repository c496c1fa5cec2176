// Pictures in Vorbis comments: a FLAC picture in Base64 (Xiph wiki, "METADATA_BLOCK_PICTURE").
import { decodeBase64, encodeBase64 } from '../bytes/base64.ts';
import { latin1 } from '../bytes/text.ts';
import { type Picture, readPicture } from './flac/picture.ts';
import type { Comment } from './vorbis-comment.ts';
import type { Field } from './vorbis-comment-fields.ts';

const NAME = 'METADATA_BLOCK_PICTURE';

/** The pictures among comments, as far as they can be read. */
export function commentPictures(comments: readonly Comment[]): Picture[] {
  return comments.flatMap(({ name, value }) => {
    const bytes = name === NAME ? decodeBase64(latin1(value)) : undefined;
    return (bytes && readPicture(bytes)) ?? [];
  });
}

/** A picture as a field. */
export function pictureField(picture: Uint8Array): Field {
  return [NAME, encodeBase64(picture)];
}
