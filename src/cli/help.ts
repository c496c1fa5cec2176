/** What `--help` prints. */
export const help = `Usage: metadata-cleaner [options] FILE…

Takes the metadata out of files. Without -o or --in-place the clean file of photo.jpg
is photo.clean.jpg beside it; a file that is already there is never overwritten.

  -o, --output PATH   Write to this file, replacing it, or into this folder under the
                      same name, replacing nothing. With several files it is a folder.
                      A folder that is missing is made.
      --in-place      Replace each file by its clean form, at once and whole.
      --inspect       Show what would be done; write nothing.
      --check         Like --inspect in one line per file; exit with 1 if any isn't clean.
      --keep NAMES    Keep what is dropped by default: density, copyright, title, …
      --drop NAMES    Drop what is kept by default: orientation, colorProfile, …
                      Names are separated by commas; both options may be repeated.
      --thorough      Walk the coded payload too: nothing survives behind its end.
      --values        Show what the metadata says (a coordinate, a camera).
      --json          Print one JSON object per file, one per line.
  -h, --help          Show this help.
      --version       Show the version.

Exit codes: 0 every file is clean or was cleaned, 1 --check found one that isn't,
2 an error, 3 a file of a type that can't be cleaned, which was left untouched.
Of several, 2 goes before 3 before 1.
`;
