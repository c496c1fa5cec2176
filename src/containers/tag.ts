/** What a tag is. */
export type TagName =
  | 'ID3v2.2'
  | 'ID3v2.3'
  | 'ID3v2.4'
  | 'ID3v1'
  | 'TAG+'
  | 'APEv1'
  | 'APEv2'
  | 'Lyrics3v1'
  | 'Lyrics3v2'
  | 'MusicMatch'
  | 'padding';

/** A tag's place in the file: absolute offsets. */
export interface Tag {
  name: TagName;
  start: number;
  end: number;
}
