/// A pattern of the shell for paths: `*` is any characters, `/` among them, `?` is one, `[a-z]` and `[!a-z]` are one of
/// some.
///
/// Matching takes time in proportion to the lengths of pattern and path multiplied, at most.
struct GlobPattern: Sendable, Hashable {
    private enum Element: Sendable, Hashable {
        case any
        case one
        case literal(Unicode.Scalar)
        case range([ClosedRange<Unicode.Scalar>], isNegated: Bool)

        func matches(_ scalar: Unicode.Scalar) -> Bool {
            switch self {
            case .any, .one: true
            case .literal(let expected): scalar == expected
            case .range(let ranges, let isNegated): ranges.contains { $0.contains(scalar) } != isNegated
            }
        }
    }

    /// Whether the pattern stands for one path only.
    let isLiteral: Bool
    private let elements: [Element]

    init(_ text: String) {
        // As in the hub's own client, a folder stands for all that is in it.
        let scalars = Array((text.hasSuffix("/") ? text + "*" : text).unicodeScalars)
        var elements: [Element] = []
        var index = 0
        while index < scalars.count {
            let scalar = scalars[index]
            index += 1
            switch scalar {
            case "*": if elements.last != .any { elements.append(.any) }
            case "?": elements.append(.one)
            case "[":
                if let (element, next) = Self.range(in: scalars, from: index) {
                    elements.append(element)
                    index = next
                } else {
                    elements.append(.literal("["))
                }
            default: elements.append(.literal(scalar))
            }
        }
        self.elements = elements
        isLiteral = elements.allSatisfy { if case .literal = $0 { true } else { false } }
    }

    /// What stands in brackets from `start` on, and where it ends; `nil` without a closing bracket.
    private static func range(in scalars: [Unicode.Scalar], from start: Int) -> (Element, Int)? {
        var index = start
        let isNegated = index < scalars.count && scalars[index] == "!"
        if isNegated { index += 1 }
        // A bracket that comes first is a member.
        guard let end = scalars.indices.first(where: { $0 > index && scalars[$0] == "]" }) else { return nil }
        var ranges: [ClosedRange<Unicode.Scalar>] = []
        while index < end {
            let first = scalars[index]
            if index + 2 < end, scalars[index + 1] == "-" {
                if first <= scalars[index + 2] { ranges.append(first...scalars[index + 2]) }
                index += 3
            } else {
                ranges.append(first...first)
                index += 1
            }
        }
        return (.range(ranges, isNegated: isNegated), end + 1)
    }

    /// Whether the pattern matches the whole path.
    func matches(_ path: String) -> Bool {
        let scalars = Array(path.unicodeScalars)
        var (element, position) = (0, 0)
        /// The last `*`, and where what it stands for ends so far.
        var star: (element: Int, end: Int)?
        while position < scalars.count {
            if element < elements.count, elements[element] == .any {
                star = (element, position)
                element += 1
            } else if element < elements.count, elements[element].matches(scalars[position]) {
                element += 1
                position += 1
            } else if let (starElement, end) = star {
                star = (starElement, end + 1)
                (element, position) = (starElement + 1, end + 1)
            } else {
                return false
            }
        }
        return elements[element...].allSatisfy { $0 == .any }
    }
}
