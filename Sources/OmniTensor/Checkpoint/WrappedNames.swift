/// The names of tensors that training programs put into dictionaries and modules of their own before they saved them.
enum WrappedNames {
    /// What such dictionaries and modules are called: those of Lightning, of `torch.nn.DataParallel` and of
    /// `torch.compile` among them.
    private static let wrappers: Set<Substring> = [
        "model", "state_dict", "model_state_dict", "module", "_orig_mod", "_fsdp_wrapped_module",
    ]

    /// More of them than any program puts around each other.
    private static let depthLimit = 8

    /// What stands before a name, with its last dot: the names of wrappers, as few as possible. `nil` when no name
    /// fits.
    ///
    /// - Parameters:
    ///   - part: the name of a tensor, or of something that has tensors; it starts with `prefix`.
    ///   - names: what to look through.
    ///   - prefix: what stands before wrappers and parts alike.
    static func wrapper(of part: String, in names: some Sequence<String>, behind prefix: String = "") -> String? {
        let part = part.dropFirst(prefix.count)
        var best: (depth: Int, text: Substring)?
        for name in names where name.hasPrefix(prefix) {
            let own = name.dropFirst(prefix.count)
            var rest = own
            for depth in 0...depthLimit {
                if rest.hasPrefix(part), rest.dropFirst(part.count).first ?? "." == "." {
                    let text = own[..<rest.startIndex]
                    if best.map({ (depth, text) < ($0.depth, $0.text) }) ?? true { best = (depth, text) }
                    break
                }
                let first = rest.prefix { $0 != "." }
                guard first.endIndex < rest.endIndex, wrappers.contains(first) else { break }
                rest = rest[rest.index(after: first.endIndex)...]
            }
        }
        return best.map { String($0.text) }
    }
}
