"""The web to articles: knows no database and no Airflow."""
