"""How tests of pages use the browser."""

from __future__ import annotations

import shutil

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
WIDTHS = (1280, 390)

OVERLAPS = """() => {
  const found = [];
  for (const svg of document.querySelectorAll("svg.map, svg.sankey")) {
    if (!svg.getBoundingClientRect().width) continue;
    const seen = [...svg.querySelectorAll("text")].filter(
      (text) => getComputedStyle(text).visibility === "visible");
    const boxes = seen.map(
      (text) => [text.textContent, text.getBoundingClientRect()]);
    boxes.forEach(([one, a], at) => boxes.slice(at + 1).forEach(([two, b]) => {
      const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (across > 0.5 && down > 0.5) found.push([one, two, across, down]);
    }));
  }
  return found;
}"""
"""Texts of a picture whose boxes overlap, with how far."""
