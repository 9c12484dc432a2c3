internal import ArgumentParser
public import Foundation
public import OmniPipeline
import OmniWhisper

/// What `--model` names: a folder, or a model of the hub in the cache.
public struct ModelLocation: Sendable {
    /// As it was typed.
    public let text: String
    private let cache: HubCache

    /// - Parameter cache: where downloaded models are.
    public init(_ text: String, cache: HubCache = HubCache()) {
        self.text = text
        self.cache = cache
    }

    /// The value of an option, else the one of `OMNI_MODEL`.
    ///
    /// - Throws: `ValidationError` without either.
    public init(option: String?) throws {
        guard let text = option ?? Self.environmentModel else {
            throw ValidationError(
                "Name a model: --model with a directory or an id of the hub, or the variable OMNI_MODEL")
        }
        self.init(text)
    }

    /// The model that the environment names.
    public static var environmentModel: String? {
        ProcessInfo.processInfo.environment["OMNI_MODEL"].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The folder with the files: the one of this name if there is one, else the model's snapshot in the cache. Makes
    /// no request.
    ///
    /// - Throws: ``InputError`` that says what to type when the model is not there, or not whole.
    public var folder: URL {
        get throws {
            if FileManager.default.fileExists(atPath: text) || !text.contains("/") { return URL(argument: text) }
            guard let (repository, revision) = Self.split(text) else { return URL(argument: text) }
            for needed in [repository] + repository.companions {
                try requireComplete(needed, revision: needed == repository ? revision : "main", repository)
            }
            guard let folder = try cache.folder(of: repository, revision: revision) else {
                throw InputError(code: .missing, path: text, reason: "it is not in the cache")
            }
            return folder
        }
    }

    /// The files of a Mini-Omni model.
    ///
    /// - Throws: ``InputError`` that says what takes another model; as ``folder`` and `ModelDirectory`.
    public var directory: ModelDirectory {
        get throws {
            let folder = try folder
            do {
                return try ModelDirectory(folder)
            } catch {
                guard WhisperTranscriber.isModel(at: folder) else { throw error }
                let isFile = error.problems == [.notAFolder]
                throw InputError(
                    code: .malformed, path: text,
                    reason: (isFile ? "this is a file, which may be a Whisper model" : "this is a Whisper model")
                        + ": omni transcribe takes it; here the folder of a Mini-Omni model is expected")
            }
        }
    }

    /// `owner/name`, or `owner/name@revision`; `nil` for what can only be a path.
    public static func split(_ text: String) -> (HubRepository, revision: String)? {
        guard let found = try? HubArgument(text), found.repository.id.contains("/") else { return nil }
        return (found.repository, found.revision ?? "main")
    }

    private func requireComplete(_ needed: HubRepository, revision: String, _ model: HubRepository) throws {
        if try cache.snapshot(of: needed, revision: revision) != nil { return }
        let pull = "omni pull \(model)" + (revision == "main" || needed != model ? "" : " --revision \(revision)")
        let contents = cache.contents(of: needed)
        let snapshots = contents?.snapshots ?? []
        // A branch has its name when its download is complete: until then there may be one commit without a name.
        let snapshot =
            snapshots.first { $0.revisions.contains(revision) || $0.commit == revision }
            ?? snapshots.last { $0.revisions.isEmpty }
        // Without a list of its files there is no saying what is missing: the model's parts are looked for in the
        // folder.
        if let snapshot, snapshot.missing == nil, snapshot.revisions.contains(revision) { return }
        // Of others than the known ones a part may be all that was wanted: a branch has its name when that part was
        // whole.
        if let snapshot, needed.requiredFiles == nil, snapshot.revisions.contains(revision),
            snapshot.missing?.allSatisfy({ $0.receivedByteCount == 0 }) ?? true
        {
            return
        }
        if let snapshot, let missing = snapshot.missing, !missing.isEmpty {
            let received = missing.reduce(snapshot.byteCount) { $0 + $1.receivedByteCount }
            let total = missing.reduce(snapshot.byteCount) { $0 + ($1.size ?? 0) }
            let share =
                missing.allSatisfy { $0.size != nil }
                ? "\(HubProgress.size(received)) of \(HubProgress.size(total)) are there"
                : "\(missing.map(\.path).joined(separator: ", ")) missing"
            throw InputError(
                code: .missing, path: needed.id,
                reason: "the download is not finished, \(share); to go on, type: \(pull)")
        }
        if !snapshots.isEmpty {
            throw InputError(
                code: .missing, path: text,
                reason: "the cache has \(needed), but not at revision \(revision); to download that, type: \(pull)")
        }
        let absent = "there is no such folder, and the cache has no model \(needed)"
        guard let similar = Self.suggestion(for: model, among: cache.repositories().map(\.repository)) else {
            throw InputError(code: .missing, path: text, reason: "\(absent); to download it, type: \(pull)")
        }
        throw InputError(
            code: .missing, path: text,
            reason: "\(absent); did you mean \(similar)? To download that, type: omni pull \(similar)")
    }

    /// A known model whose id differs by a few letters.
    public static func suggestion(for repository: HubRepository, among cached: [HubRepository]) -> HubRepository? {
        let known = [HubRepository.miniOmni, .miniOmni2, .snac24kHz] + cached
        guard !known.contains(repository) else { return nil }
        let nearest = known.map { ($0, editDistance($0.id, repository.id)) }.min { $0.1 < $1.1 }
        guard let (similar, distance) = nearest, distance <= max(2, repository.id.count / 6) else { return nil }
        return similar
    }

    /// How many letters must be put in, taken away or changed.
    private static func editDistance(_ first: String, _ second: String) -> Int {
        let (first, second) = (Array(first.lowercased().utf8), Array(second.lowercased().utf8))
        var distances = Array(0...second.count)
        for (row, letter) in first.enumerated() {
            var diagonal = distances[0]
            distances[0] = row + 1
            for (column, other) in second.enumerated() {
                let changed = diagonal + (letter == other ? 0 : 1)
                diagonal = distances[column + 1]
                distances[column + 1] = min(changed, diagonal + 1, distances[column] + 1)
            }
        }
        return distances[second.count]
    }
}
