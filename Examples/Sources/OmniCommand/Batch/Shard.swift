import ArgumentParser

/// One of several parts of a batch: every `count`-th line, from line `index` on.
struct Shard: ExpressibleByArgument, Sendable {
    let index: Int
    let count: Int

    init?(argument: String) {
        let parts = argument.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let index = Int(parts[0]), let count = Int(parts[1]), count >= 1,
            (0..<count).contains(index)
        else { return nil }
        (self.index, self.count) = (index, count)
    }

    func contains(line: Int) -> Bool { line % count == index }
}
