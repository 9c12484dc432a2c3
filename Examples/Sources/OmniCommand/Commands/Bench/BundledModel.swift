import Foundation

/// The small model that comes with the package, where the package was built.
enum BundledModel {
    static let path = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Models/nano").path
}
