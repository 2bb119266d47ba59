import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;

/**
 * Asks by ClickHouse's JDBC driver, as DBeaver does: {@code java Ask jdbc:clickhouse://HOST:PORT/cjm}.
 *
 * <p>Prints what it asked, a tab, and the rows of the answer or the error.
 */
public class Ask {
  interface Question {
    ResultSet ask() throws SQLException;
  }

  static void ask(String name, Question question) {
    try (ResultSet rows = question.ask()) {
      int count = 0;
      while (rows.next()) {
        for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
          rows.getObject(i);
        }
        count++;
      }
      System.out.println(name + "\t" + count);
    } catch (SQLException error) {
      System.out.println(name + "\t" + error.getMessage().split("\n")[0]);
    }
  }

  public static void main(String[] given) throws SQLException {
    try (Connection connection = DriverManager.getConnection(given[0], "ann", "any");
        Statement statement = connection.createStatement()) {
      DatabaseMetaData about = connection.getMetaData();
      ask("tables", () -> about.getTables(null, null, "journeys", null));
      ask("columns", () -> about.getColumns(null, null, "journeys", "%"));
      ask("keys", () -> about.getPrimaryKeys(null, "cjm", "journeys"));
      ask("types", about::getTableTypes);
      for (String view : new String[] {"journeys", "steps", "touchpoints", "events", "feeds"}) {
        ask(view, () -> statement.executeQuery("SELECT * FROM cjm." + view));
      }
      ask("nothing", () -> statement.executeQuery("SELECT * FROM cjm.steps WHERE 0"));
      ask("many", () -> statement.executeQuery("SELECT number FROM numbers(300000)"));
      ask("describe", () -> statement.executeQuery("DESCRIBE TABLE cjm.journeys"));
      ask("unknown", () -> statement.executeQuery("SELECT nothing FROM cjm.journeys"));
      ask("write", () -> statement.executeQuery("DROP TABLE cjm.event_log"));
      ask("file", () -> statement.executeQuery("SELECT * FROM file('/etc/passwd', 'LineAsString')"));
      ask(
          "prepared",
          () -> {
            PreparedStatement prepared =
                connection.prepareStatement(
                    "SELECT count() FROM cjm.steps WHERE touchpoint != ? AND occurred_at > ?");
            prepared.setString(1, "it's; --");
            prepared.setTimestamp(2, Timestamp.valueOf("2020-01-01 00:00:00"));
            return prepared.executeQuery();
          });
    }
  }
}
