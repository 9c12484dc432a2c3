import Foundation
import OmniTensor

/// One look through a folder, and all that was wrong.
struct ModelSearch {
    typealias Problem = ModelDirectoryError.Problem

    let folder: URL
    private(set) var problems: [Problem] = []
    private let names: [String]

    /// - Throws: ``ModelDirectoryError`` for what is no folder.
    init(_ url: URL) throws(ModelDirectoryError) {
        guard Self.isFolder(url) else {
            throw ModelDirectoryError(
                directory: url.path, problems: [Self.isFile(url) ? .notAFolder : .noSuchFolder])
        }
        folder = Self.snapshot(of: url) ?? url
        names = Self.names(in: folder)
    }

    // MARK: Looking

    /// The first of `names` that is a file.
    func file(among names: [String]) -> URL? {
        names.map { folder.appending(path: $0) }.first(where: Self.isFile)
    }

    /// The first of `names` that is a file with something in it.
    mutating func find(_ part: ModelDirectory.Part, among names: [String]) -> URL? {
        guard let url = file(among: names) else {
            problems.append(.missing(part, lookedFor: names))
            return nil
        }
        return checked(url)
    }

    /// A Whisper under one of its usual names, or the one file that holds one.
    mutating func findEncoder() -> URL? {
        if let url = file(among: ["small.pt"] + Self.weightNames.map { "whisper/" + $0 }) { return checked(url) }
        let others = names.filter { name in
            (name.hasSuffix(".pt") || name.hasSuffix(".safetensors")) && !Self.otherParts.contains(name)
        }
        let named = others.filter { $0.hasPrefix("whisper.") || $0.hasPrefix("whisper-") }
        let candidates = named.isEmpty ? others.filter { holdsEncoder(folder.appending(path: $0)) } : named
        guard let name = candidates.first else {
            problems.append(.missing(.encoder, lookedFor: ["small.pt", "whisper/", "*.pt", "*.safetensors"]))
            return nil
        }
        guard candidates.count == 1 else {
            problems.append(.ambiguous(.encoder, found: candidates))
            return nil
        }
        return checked(folder.appending(path: name))
    }

    /// A folder with the codec's configuration and weights.
    mutating func findCodec() -> URL? {
        var places = ["snac", "snac_24khz"].map { folder.appending(path: $0) }
        places += [folder] + Self.codecsInCache(beside: folder)
        for place in places where isCodec(place) {
            let files = ["config.json"] + Self.weightNames
            let found = files.map { place.appending(path: $0) }.filter(Self.isFile).map { checked($0) }
            return found.contains(nil) ? nil : place
        }
        problems.append(
            .missing(.codec, lookedFor: ["snac", "snac_24khz"].map { "\($0)/{config.json,pytorch_model.bin}" }))
        return nil
    }

    private mutating func checked(_ url: URL) -> URL? {
        guard let handle = try? FileHandle(forReadingFrom: url), (try? handle.seekToEnd()) == 0 else { return url }
        problems.append(.empty(file: url.lastPathComponent))
        return nil
    }

    // MARK: What things are

    private static let weightNames = [
        "pytorch_model.bin", "model.safetensors", "pytorch_model.bin.index.json", "model.safetensors.index.json",
    ]
    private static let otherParts: Set = ["lit_model.safetensors", "silero_vad.safetensors"]

    private func holdsEncoder(_ url: URL) -> Bool {
        guard let tensors = try? Checkpoint(contentsOf: url).entries else { return false }
        return tensors.keys.contains { $0 == "encoder.conv1.weight" || $0.hasSuffix(".encoder.conv1.weight") }
    }

    /// Other parts have a `config.json` as well: that of a codec speaks of codebooks.
    private func isCodec(_ place: URL) -> Bool {
        guard Self.weightNames.contains(where: { Self.isFile(place.appending(path: $0)) }),
            let text = try? Data(contentsOf: place.appending(path: "config.json"), options: .mappedIfSafe)
        else { return false }
        return place != folder || text.range(of: Data("\"codebook_size\"".utf8)) != nil
    }

    /// The snapshot of a repository in the cache of Hugging Face's hub: the one that `main` means, or the only one.
    private static func snapshot(of url: URL) -> URL? {
        let snapshots = url.appending(path: "snapshots")
        guard isFolder(snapshots) else { return nil }
        if let revision = try? String(contentsOf: url.appending(path: "refs/main"), encoding: .utf8) {
            let named = snapshots.appending(path: revision.trimmingCharacters(in: .whitespacesAndNewlines))
            if isFolder(named) { return named }
        }
        let found = names(in: snapshots).map { snapshots.appending(path: $0) }.filter(isFolder)
        return found.count == 1 ? found[0] : nil
    }

    /// Where the cache keeps the published codec, for a folder that is a snapshot in it.
    private static func codecsInCache(beside folder: URL) -> [URL] {
        let snapshots = folder.standardizedFileURL.deletingLastPathComponent()
        guard snapshots.lastPathComponent == "snapshots" else { return [] }
        let cache = snapshots.deletingLastPathComponent().deletingLastPathComponent()
        return snapshot(of: cache.appending(path: "models--hubertsiuzdak--snac_24khz")).map { [$0] } ?? []
    }

    static func isFolder(_ url: URL) -> Bool {
        var isFolder: ObjCBool = false
        return unsafe FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) && isFolder.boolValue
    }

    private static func isFile(_ url: URL) -> Bool {
        var isFolder: ObjCBool = false
        return unsafe FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) && !isFolder.boolValue
    }

    private static func names(in folder: URL) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).sorted()
    }
}
