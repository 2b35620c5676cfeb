// Shows a text field in place of a name. The field reports the new name when a person presses Enter
// or leaves the field. Escape keeps the old name.

interface NameFieldProps {
  value: string;
  label: string;
  /** Called one time: with the new name, or with undefined if the name is unchanged or empty, or after Escape. */
  onDone(name: string | undefined): void;
}

export function NameField(props: NameFieldProps) {
  let isDone = false;
  const finish = (written: string) => {
    if (isDone) return;
    isDone = true;
    const name = written.trim();
    props.onDone(name && name !== props.value ? name : undefined);
  };
  return (
    <input
      class="rename"
      aria-label={props.label}
      maxlength="200"
      value={props.value}
      ref={(input) => queueMicrotask(() => input.select())}
      onKeyDown={(event) => {
        if (event.key === "Enter") finish(event.currentTarget.value);
        if (event.key === "Escape") finish("");
      }}
      onBlur={(event) => finish(event.currentTarget.value)}
    />
  );
}
