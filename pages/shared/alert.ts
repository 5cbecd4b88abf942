// A page that cannot do its work says so, above everything else.

/** Shows why the page does nothing, and ends its script. */
export function stop(text: string): never {
  const alert = document.createElement("p");
  alert.className = "message";
  alert.role = "alert";
  alert.dir = "auto";
  alert.dataset["severity"] = "major";
  alert.textContent = text;
  document.body.prepend(alert);
  throw new Error(text);
}
