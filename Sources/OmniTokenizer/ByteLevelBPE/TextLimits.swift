internal import OmniCore

/// How a `tokenizer.json` limits the number of ids of a text (`truncation`) and fills up texts with fewer (`padding`).
struct TextLimits: Sendable, Hashable {
    /// An end of a text.
    enum Side: Sendable, Hashable {
        case left
        case right
    }

    struct Truncation: Sendable, Hashable {
        /// Ids that are kept, those that are put around every text included.
        var maximumCount: Int
        /// The end that is cut off.
        var side: Side
    }

    struct Padding: Sendable, Hashable {
        var token: TokenID
        /// Ids that a text has at least, already a multiple; `nil` when every text is filled up to the next multiple.
        var minimumCount: Int?
        /// A number of which the count of ids is a multiple; 1 for any count.
        var multiple: Int
        /// The end that is filled up.
        var side: Side
    }

    private var truncation: Truncation?
    private var padding: Padding?

    /// More ids than any model's context; padding beyond it would only cost memory.
    private static let paddingLimit = 1 << 20

    /// - Parameter frameCount: how many ids are put around every text.
    init(_ root: JSONNode, frameCount: Int) throws(TokenizerError) {
        if let node = try root.member("truncation") { truncation = try Self.truncation(node, frameCount) }
        if let node = try root.member("padding") { padding = try Self.padding(node) }
    }

    private static func side(_ node: JSONNode) throws(TokenizerError) -> Side {
        guard let direction = try node.member("direction") else { return .right }
        switch try direction.string() {
        case "Right": return .right
        case "Left": return .left
        case let name: throw direction.fault(.unsupported, "\"\(name)\", which is neither Left nor Right")
        }
    }

    private static func truncation(_ node: JSONNode, _ frameCount: Int) throws(TokenizerError) -> Truncation {
        if let strategy = try node.member("strategy"), !["LongestFirst", "OnlyFirst"].contains(try strategy.string()) {
            throw strategy.fault(.unsupported, "\"\(try strategy.string())\" has no meaning for a single text")
        }
        let limit = try node.required("max_length")
        let count = try limit.integer()
        let stride = try node.member("stride")?.integer() ?? 0
        guard count >= frameCount else {
            throw limit.fault(.inconsistent, "\(count), but \(frameCount) ids are put around every text")
        }
        guard stride >= 0, stride < count - frameCount || count == frameCount else {
            throw node.fault(.inconsistent, "a stride of \(stride) for \(count - frameCount) ids of a text")
        }
        return Truncation(maximumCount: count, side: try side(node))
    }

    private static func padding(_ node: JSONNode) throws(TokenizerError) -> Padding {
        let strategy = try node.required("strategy")
        var count: Int?
        if case .string = strategy.value {
            let name = try strategy.string()
            guard name == "BatchLongest" else { throw strategy.fault(.unsupported, "\"\(name)\" is not known") }
        } else {
            count = try strategy.required("Fixed").integer()
        }
        let multiple = try node.member("pad_to_multiple_of")?.integer() ?? 1
        guard (0...paddingLimit).contains(count ?? 0), (0...paddingLimit).contains(multiple) else {
            throw node.fault(.unsupported, "padding to more than \(paddingLimit) ids")
        }
        let id = try node.required("pad_id")
        guard let token = Int32(exactly: try id.integer()), token >= 0 else {
            throw id.fault(.malformed, "this is no id")
        }
        return Padding(
            token: TokenID(rawValue: token), minimumCount: count.map { roundedUp($0, to: max(1, multiple)) },
            multiple: max(1, multiple), side: try side(node))
    }

    private static func roundedUp(_ count: Int, to multiple: Int) -> Int {
        (count + multiple - 1) / multiple * multiple
    }

    /// The ids of a text with all that the file wants around them.
    func apply(to tokens: [TokenID], prefix: [TokenID], suffix: [TokenID]) -> [TokenID] {
        var kept = tokens[...]
        if let truncation {
            let count = max(0, truncation.maximumCount - prefix.count - suffix.count)
            kept = truncation.side == .right ? kept.prefix(count) : kept.suffix(count)
        }
        let result = prefix + kept + suffix
        guard let padding else { return result }
        let wanted = padding.minimumCount ?? Self.roundedUp(result.count, to: padding.multiple)
        let fill = [TokenID](repeating: padding.token, count: max(0, wanted - result.count))
        return padding.side == .right ? result + fill : fill + result
    }
}
