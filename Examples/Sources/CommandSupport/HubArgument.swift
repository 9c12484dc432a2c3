internal import ArgumentParser
public import OmniPipeline

/// A model of the hub on the command line: its id, or `ID@REVISION`.
public struct HubArgument: Sendable {
    public let repository: HubRepository
    /// A branch, a tag or a commit; `nil` when none was named.
    public let revision: String?

    /// - Throws: `HubError` for what is no id.
    public init(_ text: String) throws(HubError) {
        let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        repository = try HubRepository(parts.first.map(String.init) ?? "")
        revision = parts.count == 2 ? String(parts[1]) : nil
        if revision?.isEmpty ?? false { throw .badRevision("") }
    }

    /// The revision of the argument, else the one of an option.
    ///
    /// - Throws: `ValidationError` when both name one, and not the same.
    public func revision(option: String?) throws -> String? {
        guard let revision, let option, revision != option else { return revision ?? option }
        throw ValidationError("\(repository)@\(revision) and --revision \(option) name two revisions")
    }
}
