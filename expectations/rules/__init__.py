"""What a rule is (`rule`), the SQL made from one (`statements`), and its parts (`fragments`)."""
