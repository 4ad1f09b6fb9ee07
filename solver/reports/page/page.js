"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const all = (root, query) => [...root.querySelectorAll(query)];
  const tip = document.getElementById("tip");
  const said = new Map();

  // Texts: what a shape says stands in its title; shown on hover and on focus.
  for (const title of all(document, "svg title")) {
    said.set(title.parentNode, title.textContent);
    title.remove();
  }
  for (const part of all(document, ".part")) {
    const texts = {};
    for (const node of all(part, ".s")) {
      if (said.has(node)) texts[node.dataset.s] = said.get(node);
      else said.set(node, texts[node.dataset.s]);
    }
  }
  const speaker = (node) => {
    for (let at = node; at && at !== document; at = at.parentNode) if (said.has(at)) return at;
    return null;
  };
  const hide = () => { tip.hidden = true; };
  const tell = (node, x, y) => {
    tip.textContent = said.get(node) + (node.dataset.more || "");
    tip.hidden = false;
    const box = tip.getBoundingClientRect();
    tip.style.left = Math.max(4, Math.min(x + 14, innerWidth - box.width - 6)) + "px";
    tip.style.top = (y + 18 + box.height > innerHeight ? y - box.height - 10 : y + 18) + "px";
  };
  document.addEventListener("pointermove", (event) => {
    const node = speaker(event.target);
    if (node) tell(node, event.clientX, event.clientY); else hide();
  });
  document.addEventListener("scroll", hide, true);
  document.addEventListener("focusout", hide);
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });
  document.addEventListener("focusin", (event) => {
    const node = event.target;
    if (!said.has(node)) return;
    const box = node.getBoundingClientRect();
    tell(node, box.left + box.width / 2, box.top + box.height / 2);
  });

  // Legs can be gone through with the arrow keys: one of a map takes the focus.
  const shown = (svg) => all(svg, ".s:not(.off)");
  const walk = (svg) => {
    svg.setAttribute("role", "group");
    for (const node of all(svg, ".s")) {
      node.setAttribute("role", "img");
      node.setAttribute("aria-label", said.get(node));
    }
    svg.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      const legs = shown(svg), here = legs.indexOf(event.target);
      if (!step || here < 0) return;
      event.preventDefault();
      focusable(svg, legs[(here + step + legs.length) % legs.length]).focus();
    });
  };
  const focusable = (svg, node) => {
    for (const other of all(svg, ".s[tabindex]")) other.removeAttribute("tabindex");
    if (node) node.setAttribute("tabindex", "0");
    return node;
  };

  // Choice of cargo and corridor.
  const format = (value) => value.toLocaleString("en", { maximumSignificantDigits: 3 });
  const choose = (part, own) => {
    const pick = part.querySelector(".cargo"), group = pick.value;
    const off = new Set(all(part, ".key input:not(:checked)").map((box) => box.value));
    const legs = new Set(), strands = new Set(), colours = new Set(), used = new Set();
    for (const node of all(part, ".s")) {
      const row = own.strands[node.dataset.s];
      let quantity = 0;
      for (let at = 0; at < row.length; at += 2)
        if (group === "" || row[at] === +group) quantity += row[at + 1];
      const gone = quantity <= 0 || off.has(node.classList[1]);
      node.classList.toggle("off", gone);
      const line = node.querySelector(".q"), width = (quantity / data.perPixel).toFixed(2);
      line.setAttribute("stroke-width", width);
      line.style.setProperty("--w", width);
      node.dataset.more = group === "" ? "" : `; ${pick.selectedOptions[0].text}: ${format(quantity / own.size)} ${own.unit}`;
      if (gone) continue;
      legs.add(own.legs[node.dataset.s]);
      strands.add(node.dataset.s);
      colours.add(node.classList[1]);
      for (const end of own.ends[node.dataset.s]) used.add(`${end}`);
    }
    // What the choice does not use is quiet: its marks are faint, its names gone.
    const mark = (query, name, is) => all(part, query).forEach((node) => node.classList.toggle(name, is(node)));
    mark(".short", "off", (node) => group !== "" && !node.dataset.g.split(" ").includes(group));
    for (const node of all(part, ".short:not(.off)")) used.add(node.dataset.n);
    mark(".dots [data-s]", "off", (node) => !strands.has(node.dataset.s));
    mark(".dots [data-n]", "idle", (node) => !used.has(node.dataset.n));
    mark(".names [data-n]", "off", (node) => !used.has(node.dataset.n));
    mark("text.corridor", "off", (node) => !colours.has(node.classList[1]));
    mark(".bands > g", "off", (node) => off.has(node.classList[0]));
    mark("tr[data-g]", "off", (node) => group !== "" && node.dataset.g !== group);
    for (const svg of all(part, "svg.map")) focusable(svg, shown(svg)[0]);
    for (const figure of all(part, ".sk")) figure.hidden = figure.dataset.g !== group;
    part.querySelector(".ctl output").textContent = `${legs.size} legs shown`;
  };

  // Zoom: buttons, Ctrl and the wheel, and dragging what is enlarged.
  // Names and marks keep their size; those of the enlarged part come where they fit.
  const zoomable = (svg, index, maps) => {
    const whole = svg.getAttribute("viewBox").split(" ").map(Number);
    const inner = index ? null : maps[1], frame = svg.querySelector(".box rect");
    const fits = frame ? frame.width.baseVal.value / whole[2] + 1e-6 : 1;
    let view = [...whole], from = null, marks = null;
    const measured = () => {
      for (const text of inner ? all(inner, ".names [data-n]") : []) {
        const node = text.dataset.n;
        if (svg.querySelector(`.names [data-n="${node}"]`)) continue;
        const copy = text.cloneNode(true);
        ["x", "y"].forEach((way, k) =>
          copy.setAttribute(way, +text.getAttribute(way) + data.places[0][node][k] - data.places[1][node][k]));
        copy.dataset.deep = "";
        svg.querySelector(".names").append(copy);
      }
      return all(svg, ".dots > *, .names > *").map((node) => {
        const box = node.getBBox(), middle = [box.x + box.width / 2, box.y + box.height / 2];
        return [node, data.places[index][node.dataset.n] || middle, box, node.getAttribute("transform") || ""];
      });
    };
    const resize = () => {
      const z = view[2] / whole[2];
      svg.classList.toggle("near", z < 1);
      svg.style.setProperty("--z", Math.sqrt(z));
      for (const [node, [x, y], box, own] of marks ||= measured()) {
        node.setAttribute("transform", `translate(${x} ${y}) scale(${z}) translate(${-x} ${-y})${own}`);
        const left = x + (box.x - x) * z - view[0], top = y + (box.y - y) * z - view[1];
        const cut = Math.min(left, top, view[2] - left - box.width * z, view[3] - top - box.height * z) < 0;
        node.classList.toggle("cut-off", node.tagName === "text" && ((z < 1 && cut) || ("deep" in node.dataset && z > fits)));
      }
    };
    const set = (x, y, width) => {
      const size = Math.min(whole[2], Math.max(whole[2] / 12, width)), tall = (size * whole[3]) / whole[2];
      view = [Math.min(Math.max(0, x), whole[2] - size), Math.min(Math.max(0, y), whole[3] - tall), size, tall];
      svg.setAttribute("viewBox", view.join(" "));
      svg.style.cursor = size < whole[2] ? "grab" : "";
      svg.style.touchAction = size < whole[2] ? "none" : "";
      resize();
    };
    const zoom = (factor, u = 0.5, v = 0.5) => {
      if (!factor) return set(0, 0, whole[2]);
      const size = Math.min(whole[2], view[2] / factor);
      set(view[0] + u * (view[2] - size), view[1] + v * (view[3] - (size * whole[3]) / whole[2]), size);
    };
    svg.addEventListener("wheel", (event) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      const box = svg.getBoundingClientRect();
      zoom(event.deltaY < 0 ? 1.25 : 0.8, (event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
    }, { passive: false });
    svg.addEventListener("pointerdown", (event) => {
      if (view[2] < whole[2]) from = [event.clientX, event.clientY, view[0], view[1]];
    });
    svg.addEventListener("pointermove", (event) => {
      if (!from) return;
      const scale = view[2] / svg.getBoundingClientRect().width;
      set(from[2] - (event.clientX - from[0]) * scale, from[3] - (event.clientY - from[1]) * scale, view[2]);
    });
    for (const name of ["pointerup", "pointerleave"]) svg.addEventListener(name, () => { from = null; });
    return zoom;
  };

  for (const part of all(document, ".part")) {
    const own = data.parts[part.dataset.part], controls = part.querySelector(".ctl");
    if (!own || !controls) continue;
    const maps = all(part, "svg.map"), zooms = maps.map(zoomable);
    maps.forEach(walk);
    controls.hidden = false;
    for (const details of all(part, "details.groups")) { details.open = true; details.classList.add("led"); }
    controls.addEventListener("change", () => choose(part, own));
    for (const button of all(controls, "[data-z]"))
      button.addEventListener("click", () => zooms[0](+button.dataset.z));
    choose(part, own);
  }
  for (const frame of all(document, ".frame"))
    frame.scrollLeft = frame.dataset.middle * frame.scrollWidth - frame.clientWidth / 2;

  // Tables: sort by a head, search in the rows.
  const number = (text) => parseFloat(text.replace(/[,\s]/g, ""));
  const compare = (a, b, sign) => {
    const x = number(a), y = number(b);
    return Number.isNaN(x) - Number.isNaN(y) || (Number.isNaN(x) ? 0 : sign * (x - y));
  };
  for (const table of all(document, "table")) {
    const body = table.tBodies[0];
    all(table, "thead th").forEach((head, column) => {
      if (!head.textContent) return;
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const numeric = head.classList.contains("n");
        const down = head.ariaSort ? head.ariaSort === "ascending" : numeric;
        for (const other of all(table, "th")) other.removeAttribute("aria-sort");
        head.ariaSort = down ? "descending" : "ascending";
        const text = (row) => row.cells[column].textContent;
        const order = numeric ? compare : (a, b, sign) => sign * a.localeCompare(b);
        body.append(...[...body.rows].sort((a, b) => order(text(a), text(b), down ? -1 : 1)));
      });
    });
    if (!table.classList.contains("find")) continue;
    const label = document.createElement("label"), box = document.createElement("input");
    label.className = "find-box";
    box.type = "search";
    label.append("Find ", box);
    table.parentNode.before(label);
    box.addEventListener("input", () => {
      const sought = box.value.trim().toLowerCase();
      for (const row of body.rows) row.hidden = !row.textContent.toLowerCase().includes(sought);
    });
  }
})();
