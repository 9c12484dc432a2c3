/// A queue, first in, first out. Each element is moved once, on average.
struct Queue<Element> {
    private var elements: [Element] = []
    private var start = 0

    var isEmpty: Bool { start == elements.count }
    var count: Int { elements.count - start }

    mutating func append(_ element: Element) { elements.append(element) }

    mutating func popFirst() -> Element? {
        guard start < elements.count else { return nil }
        defer {
            start += 1
            if start * 2 > elements.count {
                elements.removeFirst(start)
                start = 0
            }
        }
        return elements[start]
    }

    /// Replaces each element, or removes it where `transform` returns `nil`.
    mutating func replaceAll(_ transform: (Element) -> Element?) {
        elements = elements[start...].compactMap(transform)
        start = 0
    }
}

extension Queue: Sendable where Element: Sendable {}
