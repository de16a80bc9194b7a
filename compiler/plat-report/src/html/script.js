for (const group of document.querySelectorAll(".sort")) {
  const body = document.getElementById(group.dataset.table).tBodies[0];
  const buttons = group.querySelectorAll("button");
  group.hidden = false;
  group.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    const key = button.dataset.key;
    const again = button.getAttribute("aria-pressed") === "true";
    const down = again ? button.dataset.down !== "true" : key !== "name" && key !== "order";
    for (const other of buttons) other.setAttribute("aria-pressed", String(other === button));
    button.dataset.down = String(down);
    const rows = [...body.rows].sort((a, b) => {
      const [x, y] = [a.dataset[key], b.dataset[key]];
      const order = key === "name" ? x.localeCompare(y) : Number(x) - Number(y);
      return down ? -order : order;
    });
    body.append(...rows);
  });
}
