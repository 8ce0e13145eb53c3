/** As a person would write it in a POSIX shell: unquoted if the shell permits it, else in single quotes, or in double quotes if it contains single ones. */
export function quote(value: string): string {
  if (/^[\w@%+=:,./-]+$/.test(value)) return value;
  if (value.includes("'") && !/["$`\\!]/.test(value)) return `"${value}"`;
  return `'${value.replaceAll("'", `'\\''`)}'`;
}
