import Foundation

/// The small model that comes with the package, where the package was built.
enum BundledModel {
    private static let examples = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
    static let path = examples.appending(path: "Models/nano").path
    /// The recordings that come with it.
    static let questions = examples.appending(path: "Audio").path
}
