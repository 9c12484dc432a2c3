/// A queue, first in, first out. Each element is moved once, on average.
struct FIFO<Element> {
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

    mutating func removeAll(where isUnwanted: (Element) -> Bool) {
        elements = elements[start...].filter { !isUnwanted($0) }
        start = 0
    }
}
