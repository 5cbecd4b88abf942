// Replaces the still picture by the moving one.

for (const id of ["tools", "live", "legend", "keys", "join", "filter"]) part(id).hidden = false;
part("still").hidden = true;
document.querySelector("#picture-title")?.remove();
live.setAttribute("aria-valuemin", 0);
live.setAttribute("aria-valuemax", extent);
chosen = cues[0]?.time ?? 0;
picture();
tellJoin();
search();
new ResizeObserver(redraw).observe(live);
